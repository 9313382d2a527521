//! The development provider from its page to its tokens, without HTTP to itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::super::{Upstream, UpstreamError};
use super::stub::{NOW, authorization_url, options, parts, query};
use crate::keys::Keys;
use crate::parts::Clock;
use crate::provider::dev;
use crate::provider::dev::{DevOptions, NotLoopback, router};
use crate::secret::Secret;
use crate::spec::{BaseUrl, Scopes};

/// A server with `auth = dev`, seen by a browser.
struct Local {
    upstream: Upstream,
    app: Router,
    now: Arc<AtomicU64>,
}

fn local() -> Local {
    let now = Arc::new(AtomicU64::new(NOW));
    let told = now.clone();
    let mut parts = parts();
    parts.clock =
        Clock::new(move || UNIX_EPOCH + Duration::from_secs(told.load(Ordering::Relaxed)));
    let keys = Keys::ephemeral(&parts.random);
    let options = options("openid profile");
    let page = DevOptions {
        server_name: "Quickstart".to_owned(),
        roles: vec!["admin".to_owned(), "editor".to_owned()],
        base_url: options.base_url.clone(),
        redirect_uri: options.redirect_uri.clone(),
    };
    let app = router(page, keys.clone(), parts.clone()).unwrap();
    let upstream = Upstream::new(dev(), "dev".to_owned(), None, options, parts, keys);
    Local { upstream, app, now }
}

impl Local {
    /// Sends `request` as if from this computer.
    async fn send(&self, mut request: Request<Body>) -> Response<Body> {
        let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4711)));
        request.extensions_mut().insert(peer);
        self.app.clone().oneshot(request).await.unwrap()
    }

    /// The form hidden in the page for `state`.
    async fn form(&self, state: &str) -> String {
        let url = authorization_url(&self.upstream, state, &Scopes::default(), None).await;
        assert!(url.starts_with("http://localhost:8000/oauth/dev?"), "{url}");
        let path = url.strip_prefix("http://localhost:8000").unwrap();
        let request = Request::get(path).header("host", "localhost:8000");
        let answer = self.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let html = text(answer).await;
        assert!(html.contains("value=\"admin\"") && html.contains("value=\"editor\""));
        let (_, rest) = html.split_once("name=\"form\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    async fn post(&self, fields: &[(&str, &str)]) -> Response<Body> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post("/oauth/dev").header("host", "127.0.0.1:8000");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// The code for somebody who signs in with `fields`.
    async fn code(&self, state: &str, fields: &[(&str, &str)]) -> Secret {
        let form = self.form(state).await;
        let mut all = vec![("form", form.as_str()), ("action", "sign_in")];
        all.extend(fields);
        let answer = self.post(&all).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let target = answer.headers()["location"].to_str().unwrap();
        assert!(target.starts_with("http://localhost:8000/oauth/callback?"));
        let query = query(target);
        assert_eq!(query["state"], state);
        Secret::from(query["code"].as_str())
    }
}

async fn text(answer: Response<Body>) -> String {
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_chosen_user_arrives_with_the_ticked_roles() {
    let local = local();
    let fields = [("user", "alice"), ("role", "admin"), ("role", "editor")];
    let code = local.code("s1", &fields).await;
    let arrived = local.upstream.exchange(&code, "s1", None).await.unwrap();
    let identity = arrived.identity;
    assert_eq!(identity.subject, "alice");
    assert_eq!(identity.verified_email(), Some("alice@example.com"));
    assert!(identity.roles().iter().eq(["admin", "editor"]));
    assert_eq!(arrived.granted.unwrap().to_string(), "openid profile");
    assert!(arrived.tokens.access_token.expose().starts_with("dev-"));
    assert_eq!(arrived.tokens.expires_at, Some(NOW + 3600));
    let refresh_token = arrived.tokens.refresh_token.unwrap();
    let refreshed = local.upstream.refresh(&refresh_token).await.unwrap();
    assert_ne!(refreshed.tokens.access_token, arrived.tokens.access_token);
    let forged = Secret::from("forged");
    let answer = local.upstream.refresh(&forged).await;
    assert_eq!(answer.unwrap_err(), UpstreamError::Refused);
}

#[tokio::test]
async fn a_typed_user_counts_more_than_the_chosen_one() {
    let local = local();
    let fields = [
        ("user", "alice"),
        ("name", " Zoë "),
        ("email", "zoe@x.example"),
    ];
    let code = local.code("s1", &fields).await;
    let identity = local
        .upstream
        .exchange(&code, "s1", None)
        .await
        .unwrap()
        .identity;
    assert_eq!(identity.subject, "Zoë");
    assert_eq!(identity.verified_email(), Some("zoe@x.example"));
    assert!(identity.roles().is_empty());
}

#[tokio::test]
async fn a_code_is_good_for_its_own_state_verifier_and_time() {
    let local = local();
    let code = local.code("s1", &[("user", "bob")]).await;
    let other = "other-verifier-other-verifier-other-verifier";
    let refused = UpstreamError::Refused;
    let exchange = async |state, verifier| local.upstream.exchange(&code, state, verifier).await;
    assert_eq!(exchange("s2", None).await.unwrap_err(), refused);
    assert_eq!(exchange("s1", Some(other)).await.unwrap_err(), refused);
    exchange("s1", None).await.unwrap();
    local.now.fetch_add(601, Ordering::Relaxed);
    assert_eq!(exchange("s1", None).await.unwrap_err(), refused);
}

#[tokio::test]
async fn cancelling_is_told_to_the_callback() {
    let local = local();
    let form = local.form("s1").await;
    let answer = local.post(&[("form", &form), ("action", "cancel")]).await;
    let query = query(answer.headers()["location"].to_str().unwrap());
    assert_eq!(query["error"], "access_denied");
    assert_eq!(query["state"], "s1");
}

#[tokio::test]
async fn what_the_form_cannot_mean_is_said_and_nobody_is_signed_in() {
    let local = local();
    let form = local.form("s1").await;
    let form = form.as_str();
    let long = "n".repeat(65);
    for fields in [
        vec![("form", form), ("action", "sign_in")],
        vec![("form", form), ("action", "sign_in"), ("user", "mallory")],
        vec![("form", form), ("action", "sign_in"), ("name", &long)],
        vec![
            ("form", form),
            ("action", "sign_in"),
            ("user", "bob"),
            ("email", "@"),
        ],
        vec![
            ("form", form),
            ("action", "sign_in"),
            ("user", "bob"),
            ("role", "root"),
        ],
        vec![("form", form), ("action", "approve"), ("user", "bob")],
        vec![("form", form), ("user", "bob")],
        vec![("form", "forged"), ("action", "sign_in"), ("user", "bob")],
        vec![("action", "sign_in"), ("user", "bob")],
    ] {
        let answer = local.post(&fields).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{fields:?}");
        assert!(!answer.headers().contains_key("location"));
        assert!(answer.headers().contains_key("content-security-policy"));
    }
    local.now.fetch_add(600, Ordering::Relaxed);
    let late = [("form", form), ("action", "sign_in"), ("user", "bob")];
    assert_eq!(local.post(&late).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_incomplete_request_shows_no_form() {
    let local = local();
    let challenge = "A".repeat(43);
    for query in [
        String::new(),
        format!("code_challenge={challenge}"),
        "state=s".to_owned(),
        "state=s&code_challenge=short".to_owned(),
        format!("state=s&state=t&code_challenge={challenge}"),
        format!("state={}&code_challenge={challenge}", "s".repeat(513)),
    ] {
        let request = Request::get(format!("/oauth/dev?{query}")).header("host", "localhost");
        let answer = local.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn it_never_leaves_this_computer() {
    let local = local();
    let form = local.form("s1").await;
    let body = format!("form={form}&action=sign_in&user=alice");
    for (name, value) in [("host", "evil.example"), ("x-forwarded-for", "203.0.113.7")] {
        let mut request = Request::post("/oauth/dev").header(name, value);
        if name != "host" {
            request = request.header("host", "localhost");
        }
        let answer = local
            .send(request.body(Body::from(body.clone())).unwrap())
            .await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
    }
    let parts = parts();
    let keys = Keys::ephemeral(&parts.random);
    let public = DevOptions {
        server_name: "Quickstart".to_owned(),
        roles: Vec::new(),
        base_url: BaseUrl::parse("https://notes.example.com").unwrap(),
        redirect_uri: "https://notes.example.com/oauth/callback".to_owned(),
    };
    assert_eq!(router(public, keys, parts).err(), Some(NotLoopback));
}
