//! An identity provider that records every call and answers as it is told.

use std::sync::{Arc, Mutex};

use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

/// The form of one call.
type Form = Vec<(String, String)>;

/// A token that was given back: the `Authorization` header, and the form.
pub(crate) type Returned = (Option<String>, Form);

/// What the provider answers, and what it was asked.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) answer: Arc<Mutex<(u16, &'static str, String)>>,
    pub(crate) calls: Arc<Mutex<Vec<Form>>>,
    /// What its revocation endpoint answers, and after how long.
    pub(crate) takes_back: Arc<Mutex<(u16, Duration)>>,
    returned: Arc<Mutex<Vec<Returned>>>,
    /// Written while the token endpoint must not answer.
    gate: Arc<RwLock<()>>,
    /// Its discovery document, while there is one.
    document: Arc<Mutex<Option<String>>>,
    address: String,
}

impl Upstream {
    pub(crate) fn answers(&self, status: u16, content_type: &'static str, body: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, content_type, body.into());
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    /// Lets the token endpoint answer only when what this gives is dropped.
    pub(crate) fn hold(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.gate).try_write_owned().unwrap()
    }

    /// Waits until the token endpoint was called so often.
    pub(crate) async fn asked(&self, count: usize) {
        while self.count() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What was given back, once there are `count`: that happens in the background.
    pub(crate) async fn returned(&self, count: usize) -> Vec<Returned> {
        for _ in 0..1000 {
            let returned = self.returned.lock().unwrap().clone();
            if returned.len() >= count {
                return returned;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("not given back: {:?}", self.returned.lock().unwrap());
    }

    /// Has a discovery document from now on, a good one or one of somebody else.
    pub(crate) fn publish(&self, good: bool) {
        let at = |path: &str| format!("{}{path}", self.address);
        let issuer = if good { at("") } else { at("/canary") };
        let document = json!({
            "issuer": issuer, "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
            "revocation_endpoint": at("/revoke"),
        });
        *self.document.lock().unwrap() = Some(document.to_string());
    }

    pub(crate) async fn serve() -> (Self, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let good = json!({
            "access_token": "upstream-access", "token_type": "Bearer", "expires_in": 3600,
            "refresh_token": "upstream-refresh",
        });
        let upstream = Self {
            answer: Arc::new(Mutex::new((200, "application/json", good.to_string()))),
            calls: Arc::default(),
            takes_back: Arc::new(Mutex::new((200, Duration::ZERO))),
            returned: Arc::default(),
            gate: Arc::default(),
            document: Arc::default(),
            address: address.clone(),
        };
        let own = upstream.clone();
        let token = async move |body: String| {
            let pairs = form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect();
            own.calls.lock().unwrap().push(pairs);
            drop(own.gate.read().await);
            let (status, content_type, body) = own.answer.lock().unwrap().clone();
            (
                StatusCode::from_u16(status).unwrap(),
                [(CONTENT_TYPE, content_type)],
                body,
            )
        };
        let own = upstream.clone();
        let revoke = async move |headers: HeaderMap, body: String| {
            let header = headers.get(AUTHORIZATION);
            let header = header.map(|value| value.to_str().unwrap().to_owned());
            let pairs = form_urlencoded::parse(body.as_bytes());
            let returned = (header, pairs.into_owned().collect());
            own.returned.lock().unwrap().push(returned);
            let (status, wait) = *own.takes_back.lock().unwrap();
            tokio::time::sleep(wait).await;
            StatusCode::from_u16(status).unwrap()
        };
        let userinfo = async || {
            let user = r#"{"sub":"user-1","email":"a@c.test","roles":["admin"]}"#;
            ([(CONTENT_TYPE, "application/json")], user)
        };
        let document = Arc::clone(&upstream.document);
        let discovery = async move || {
            document
                .lock()
                .unwrap()
                .clone()
                .ok_or(StatusCode::NOT_FOUND)
        };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/userinfo", get(userinfo));
        tokio::spawn(async move { axum::serve(listener, app).await });
        (upstream, address)
    }
}
