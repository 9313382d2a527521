//! An identity provider that records every call and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::json;

/// The form of one call.
type Form = Vec<(String, String)>;

/// What the provider answers, and what it was asked.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) answer: Arc<Mutex<(u16, &'static str, String)>>,
    pub(crate) calls: Arc<Mutex<Vec<Form>>>,
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

    /// Has a discovery document from now on, a good one or one of somebody else.
    pub(crate) fn publish(&self, good: bool) {
        let at = |path: &str| format!("{}{path}", self.address);
        let issuer = if good { at("") } else { at("/canary") };
        let document = json!({
            "issuer": issuer, "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
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
            document: Arc::default(),
            address: address.clone(),
        };
        let own = upstream.clone();
        let token = async move |body: String| {
            let pairs = form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect();
            own.calls.lock().unwrap().push(pairs);
            let (status, content_type, body) = own.answer.lock().unwrap().clone();
            (
                StatusCode::from_u16(status).unwrap(),
                [(CONTENT_TYPE, content_type)],
                body,
            )
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
            .route("/userinfo", get(userinfo));
        tokio::spawn(async move { axum::serve(listener, app).await });
        (upstream, address)
    }
}
