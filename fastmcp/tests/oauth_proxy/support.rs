//! A proxy over memory or any other store.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use fastmcp::Secret;
use fastmcp::audit::AuditEntry;
use fastmcp::keys::Keys;
use fastmcp::ledger::Ledger;
use fastmcp::limits::RateLimits;
use fastmcp::oauth::{OAuthProxy, Problem, ProxyOptions};
use fastmcp::parts::{Clock, Foreign, Parts, Random};
use fastmcp::provider::{self, Provider};
use fastmcp::store::{MemoryStore, Sealed, Store};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) use crate::browser::{Browser, Page};
pub(crate) use crate::upstream::Upstream;

pub(crate) const BASE: &str = "https://s.test";
/// A base URL for development.
pub(crate) const LOCAL: &str = "http://localhost:8000";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const REDIRECT: &str = "https://c.test/cb";

pub(crate) struct Server {
    pub(crate) proxy: OAuthProxy,
    pub(crate) upstream: Upstream,
    app: Router,
    time: Arc<AtomicU64>,
}

pub(crate) async fn server() -> Server {
    server_with(|_| ()).await
}

pub(crate) async fn server_with(change: impl FnOnce(&mut ProxyOptions)) -> Server {
    server_over(Arc::new(MemoryStore::new()), &fresh_keys(), change).await
}

pub(crate) fn fresh_keys() -> Keys {
    Keys::ephemeral(&Random::system())
}

/// A server over `store`, which others may share.
pub(crate) async fn server_over(
    store: Arc<dyn Store>,
    keys: &Keys,
    change: impl FnOnce(&mut ProxyOptions),
) -> Server {
    server_for(custom, store, keys, change).await
}

fn custom(address: &str) -> Provider {
    provider::custom(format!("{address}/authorize"), format!("{address}/token"))
        .userinfo_endpoint(format!("{address}/userinfo"))
        .revocation_endpoint(format!("{address}/revoke"))
        .scopes(["openid", "profile"])
}

/// The development provider, on loopback.
pub(crate) async fn dev_server() -> Server {
    let change = |options: &mut ProxyOptions| {
        LOCAL.clone_into(&mut options.base_url);
        options.roles = vec!["admin".to_owned()];
    };
    let store = Arc::new(MemoryStore::new());
    server_for(|_| provider::dev(), store, &fresh_keys(), change).await
}

/// A provider by its issuer alone; it publishes no document yet.
pub(crate) async fn oidc_server() -> Server {
    oidc_server_with(|_| ()).await
}

pub(crate) async fn oidc_server_with(change: impl FnOnce(&mut ProxyOptions)) -> Server {
    oidc_server_over(Arc::new(MemoryStore::new()), &fresh_keys(), change).await
}

pub(crate) async fn oidc_server_over(
    store: Arc<dyn Store>,
    keys: &Keys,
    change: impl FnOnce(&mut ProxyOptions),
) -> Server {
    let provider = |address: &str| provider::oidc(address);
    server_for(provider, store, keys, change).await
}

/// A server that finds clients in the Internet of `foreign`.
pub(crate) async fn server_within(
    foreign: Foreign,
    store: Arc<dyn Store>,
    keys: &Keys,
    change: impl FnOnce(&mut ProxyOptions),
) -> Server {
    let mut parts = Parts::system(Duration::from_secs(5)).unwrap();
    parts.foreign = foreign;
    server_of(parts, custom, store, keys, change).await
}

async fn server_for(
    provider: impl FnOnce(&str) -> Provider,
    store: Arc<dyn Store>,
    keys: &Keys,
    change: impl FnOnce(&mut ProxyOptions),
) -> Server {
    let parts = Parts::system(Duration::from_secs(5)).unwrap();
    server_of(parts, provider, store, keys, change).await
}

async fn server_of(
    mut parts: Parts,
    provider: impl FnOnce(&str) -> Provider,
    store: Arc<dyn Store>,
    keys: &Keys,
    change: impl FnOnce(&mut ProxyOptions),
) -> Server {
    let (upstream, address) = Upstream::serve().await;
    let time = Arc::new(AtomicU64::new(1_800_000_000));
    let told = Arc::clone(&time);
    parts.clock = Clock::new(move || UNIX_EPOCH + Duration::from_secs(told.load(Ordering::SeqCst)));
    let sealed = Sealed::open(store, keys, parts.clone()).await.unwrap();
    let mut options = usual();
    change(&mut options);
    let provider = provider(&address);
    let base = options.base_url.clone();
    let ledger = Ledger::new(sealed, keys.clone(), parts);
    let proxy = OAuthProxy::new(options, provider, &ledger, None).unwrap();
    let path = base.splitn(4, '/').nth(3).map(|path| format!("/{path}"));
    let app = match path.as_deref() {
        Some(path) => Router::new().nest(path, proxy.router()),
        None => proxy.router(),
    };
    let app = app.merge(proxy.well_known_router());
    Server {
        proxy,
        upstream,
        app,
        time,
    }
}

fn usual() -> ProxyOptions {
    ProxyOptions {
        base_url: BASE.to_owned(),
        // All the tests come from one address.
        rate_limits: RateLimits::OFF,
        upstream_client_id: "upstream-id".to_owned(),
        upstream_client_secret: Some(Secret::from("upstream-secret")),
        declared_scopes: vec!["notes:write".to_owned()],
        allowed_redirect_uri_patterns: Some(
            ["http://127.0.0.1:*", "https://c.test/*", "https://x.test/*"]
                .map(str::to_owned)
                .to_vec(),
        ),
        ..ProxyOptions::default()
    }
}

/// A server whose decisions `hear` hears.
pub(crate) async fn server_heard_by(
    hear: impl Fn(&AuditEntry) + Send + Sync + 'static,
    change: impl FnOnce(&mut ProxyOptions),
) -> Server {
    let mut parts = Parts::system(Duration::from_secs(5)).unwrap();
    parts.audit = parts.audit.heard_by(hear);
    server_of(
        parts,
        custom,
        Arc::new(MemoryStore::new()),
        &fresh_keys(),
        change,
    )
    .await
}

/// Why there is no server with these options.
pub(crate) async fn refused_with(change: impl FnOnce(&mut ProxyOptions)) -> Vec<Problem> {
    let mut options = usual();
    change(&mut options);
    let parts = Parts::system(Duration::from_secs(5)).unwrap();
    let keys = fresh_keys();
    let store = Arc::new(MemoryStore::new());
    let sealed = Sealed::open(store, &keys, parts.clone()).await.unwrap();
    let ledger = Ledger::new(sealed, keys, parts);
    let refused = OAuthProxy::new(options, custom("http://localhost:1"), &ledger, None);
    refused.err().unwrap_or_default()
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn error(&self) -> (u16, String) {
        let code = self.json()["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!(self.headers[CACHE_CONTROL], "no-store");
        assert!(!self.headers.contains_key(LOCATION));
        (self.status.as_u16(), code)
    }

    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{self:?}");
        self.headers[LOCATION].to_str().unwrap()
    }

    /// The one value of a parameter of the redirect.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location()).unwrap();
        let values: Vec<_> = url
            .query_pairs()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
            .collect();
        assert!(values.len() < 2, "{name} comes more than once");
        values.into_iter().next()
    }

    /// A redirect to the client that carries `error`, the issuer and the state.
    pub(crate) fn is_redirect_with(&self, error: &str, state: Option<&str>) {
        assert!(self.location().starts_with(REDIRECT), "{}", self.location());
        assert_eq!(self.param("error").as_deref(), Some(error));
        assert_eq!(self.param("iss").as_deref(), Some(BASE));
        assert_eq!(self.param("state").as_deref(), state);
        assert_eq!(self.param("code"), None);
    }

    /// A page that leads nowhere.
    pub(crate) fn is_page(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert!(!self.headers.contains_key(LOCATION));
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(self.headers[name], value);
        }
        let policy = self.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("form-action"));
    }
}

impl Server {
    pub(crate) fn wait(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sends `request` from this computer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from(Some([127, 0, 0, 1]), request).await
    }

    /// Sends `request` from `address`, or over a connection of which nothing is known.
    pub(crate) async fn send_from(
        &self,
        address: Option<[u8; 4]>,
        mut request: Request<Body>,
    ) -> Answer {
        if let Some(address) = address {
            let peer = ConnectInfo(SocketAddr::from((address, 4711)));
            request.extensions_mut().insert(peer);
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn register(&self, body: &Value) -> Answer {
        let request = Request::post("/oauth/register").header(CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// A public client with [`REDIRECT`].
    pub(crate) async fn client(&self) -> String {
        let body = json!({
            "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": "none",
            "client_name": "A client",
        });
        let answer = self.register(&body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["client_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn token(&self, parameters: &[(&str, &str)]) -> Answer {
        self.token_as(None, parameters).await
    }

    pub(crate) async fn token_as(
        &self,
        authorization: Option<&str>,
        form: &[(&str, &str)],
    ) -> Answer {
        self.post_as("/oauth/token", authorization, form).await
    }

    /// Posts `form` with that `Authorization` header, if any.
    pub(crate) async fn post_as(
        &self,
        path: &str,
        authorization: Option<&str>,
        form: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::post(path).header(CONTENT_TYPE, FORM);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        self.send(request.body(Body::from(encode(form))).unwrap())
            .await
    }
}

pub(crate) fn encode(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

/// A valid authorization request of `client`, with `changes`: a value replaces or adds, `None`
/// removes.
pub(crate) fn authorize_url(client: &str, changes: &[(&str, Option<&str>)]) -> String {
    let mut form = vec![
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", REDIRECT),
        ("state", "st a/te"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.extend(value.map(|value| (*name, value)));
    }
    format!("/oauth/authorize?{}", encode(&form))
}

pub(crate) fn callback_url(form: &[(&str, &str)]) -> String {
    format!("/oauth/callback?{}", encode(form))
}
