//! A provider on a loopback socket: it records what it is sent and answers what a test wants.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::response::IntoResponse;
use http::{HeaderMap, Method, StatusCode, Uri};

use super::super::{Memberships, Upstream, UpstreamOptions};
use crate::keys::Keys;
use crate::parts::{Clock, Parts};
use crate::provider::{Provider, custom};
use crate::secret::Secret;
use crate::spec::{BaseUrl, CodeChallenge, Scopes};

/// The time at which every test stands still.
pub(super) const NOW: u64 = 1_800_000_000;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes())
            .into_owned()
            .collect()
    }
}

/// What the stub answers.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    delay: Duration,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "texts and JSON alike, as they are written"
)]
pub(super) fn json(body: impl ToString) -> Reply {
    Reply {
        status: 200,
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.to_string(),
        delay: Duration::ZERO,
    }
}

impl Reply {
    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(super) fn content_type(mut self, kind: &str) -> Self {
        self.headers.clear();
        if !kind.is_empty() {
            self.headers.push(("content-type", kind.to_owned()));
        }
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// The running stub.
pub(super) struct Stub {
    pub(super) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Stub {
    /// Starts a provider that answers each call by `answer`.
    pub(super) async fn start(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let record = calls.clone();
        let app = Router::new().fallback(
            async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let call = Call {
                    method,
                    path: uri.path().to_owned(),
                    headers,
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                let reply = answer(&call);
                record.lock().unwrap().push(call);
                tokio::time::sleep(reply.delay).await;
                let mut response = reply.body.into_response();
                *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
                response.headers_mut().clear();
                for (name, value) in reply.headers {
                    response.headers_mut().append(name, value.parse().unwrap());
                }
                response
            },
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, calls }
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(super) fn call(&self, path: &str) -> Call {
        let calls = self.calls();
        let mut found = calls.into_iter().filter(|call| call.path == path);
        let call = found.next().expect("the endpoint was called");
        assert!(found.next().is_none(), "{path} was called more than once");
        call
    }

    /// A provider with nothing but this stub's two endpoints.
    pub(super) fn plain(&self) -> Provider {
        custom(self.at("/authorize"), self.at("/token"))
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

pub(super) fn parts() -> Parts {
    let mut parts = Parts::system(Duration::from_secs(5)).unwrap();
    parts.clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(NOW));
    parts
}

pub(super) fn options(scopes: &str) -> UpstreamOptions {
    UpstreamOptions {
        authentication: None,
        timeout: Duration::from_secs(2),
        extra_authorization_params: Vec::new(),
        base_url: BaseUrl::parse("http://localhost:8000").unwrap(),
        redirect_uri: "http://localhost:8000/oauth/callback".to_owned(),
        scopes: Scopes::parse(scopes).unwrap(),
        token_verifier: None,
        memberships: Memberships::default(),
    }
}

pub(super) fn upstream(provider: Provider, options: UpstreamOptions) -> Upstream {
    let parts = parts();
    let keys = Keys::ephemeral(&parts.random);
    let secret = Some(Secret::from("s:cr t%&é"));
    Upstream::new(provider, "app/1".to_owned(), secret, options, parts, keys)
}

pub(super) fn code() -> Secret {
    Secret::from("upstream-code")
}

/// Where `upstream` sends the browser, by the endpoints in force.
pub(super) async fn authorization_url(
    upstream: &Upstream,
    state: &str,
    scopes: &Scopes,
    challenge: Option<&CodeChallenge>,
) -> String {
    let endpoints = upstream.endpoints().await.unwrap();
    upstream.authorization_url(&endpoints, state, scopes, challenge)
}

/// The query of a URL, each name once.
pub(super) fn query(url: &str) -> BTreeMap<String, String> {
    let url = url::Url::parse(url).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), map.len(), "a parameter is doubled");
    map
}
