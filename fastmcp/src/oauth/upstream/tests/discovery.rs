//! A provider known by its issuer alone: when it is asked, what is refused, what an outage costs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::{SignedIn, Upstream, UpstreamError};
use super::signer::{key_set, sign};
use super::stub::{NOW, Reply, Stub, authorization_url, code, json, options, parts, query};
use crate::keys::Keys;
use crate::parts::Clock;
use crate::provider::oidc;
use crate::secret::Secret;
use crate::spec::Scopes;

const DOCUMENT: &str = "/.well-known/openid-configuration";
const OUT: UpstreamError = UpstreamError::Unavailable { retry_after: None };

/// A provider, its document as it is told, and a client of it whose clock can be turned.
struct Discovered {
    stub: Stub,
    told: Arc<Mutex<Reply>>,
    tokens: Arc<Mutex<Value>>,
    now: Arc<AtomicU64>,
    upstream: Upstream,
}

impl Discovered {
    /// One whose document is good.
    async fn start() -> Self {
        let told = Arc::new(Mutex::new(json("")));
        let tokens = Arc::new(Mutex::new(
            json!({ "access_token": "at", "refresh_token": "rt" }),
        ));
        let (document, answer, keys) = (told.clone(), tokens.clone(), key_set());
        let stub = Stub::start(move |call| match call.path.as_str() {
            DOCUMENT => document.lock().unwrap().clone(),
            "/keys" => json(&keys),
            "/userinfo" => json(json!({ "sub": "ada", "email": "ada@example.com" })),
            _ => json(answer.lock().unwrap().clone()),
        })
        .await;
        let now = Arc::new(AtomicU64::new(NOW));
        let mut parts = parts();
        let tells = now.clone();
        parts.clock =
            Clock::new(move || UNIX_EPOCH + Duration::from_secs(tells.load(Ordering::SeqCst)));
        let keys = Keys::ephemeral(&parts.random);
        let secret = Some(Secret::from("secret"));
        let (provider, options) = (oidc(&*stub.url), options("openid email"));
        provider.validate().unwrap();
        let upstream = Upstream::new(provider, "app/1".to_owned(), secret, options, parts, keys);
        let discovered = Self {
            stub,
            told,
            tokens,
            now,
            upstream,
        };
        discovered.tell(json(discovered.document()));
        discovered
    }

    /// A good document.
    fn document(&self) -> Value {
        json!({
            "issuer": self.stub.url,
            "authorization_endpoint": self.stub.at("/authorize?tenant=a"),
            "token_endpoint": self.stub.at("/token"),
            "jwks_uri": self.stub.at("/keys"),
            "userinfo_endpoint": self.stub.at("/userinfo"),
            "revocation_endpoint": self.stub.at("/revoke"),
            "response_types_supported": ["code"],
        })
    }

    /// The good document with one member changed; null removes it.
    fn but(&self, member: &str, value: Value) -> Reply {
        let mut document = self.document();
        document[member] = value;
        document
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        json(document)
    }

    fn tell(&self, reply: Reply) {
        *self.told.lock().unwrap() = reply;
    }

    fn wait(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The token endpoint in force.
    async fn token_endpoint(&self) -> Result<String, UpstreamError> {
        self.upstream
            .endpoints()
            .await
            .map(|endpoints| endpoints.token.clone())
    }

    /// How often the document was asked for.
    fn asked(&self) -> usize {
        self.paths().iter().filter(|path| *path == DOCUMENT).count()
    }

    fn paths(&self) -> Vec<String> {
        self.stub
            .calls()
            .into_iter()
            .map(|call| call.path)
            .collect()
    }

    /// Signs in with an ID token that has these claims besides the usual ones.
    async fn sign_in(&self, issuer: &str) -> Result<SignedIn, UpstreamError> {
        let url = authorization_url(&self.upstream, "s", &Scopes::default(), None).await;
        assert!(
            url.starts_with(&self.stub.at("/authorize?tenant=a&")),
            "{url}"
        );
        let id_token = sign(&json!({
            "iss": issuer, "aud": "app/1", "sub": "ada", "nonce": query(&url)["nonce"],
            "iat": NOW, "exp": NOW + 3600, "roles": ["admin"],
        }));
        self.tokens.lock().unwrap()["id_token"] = id_token.into();
        self.upstream.exchange(&code(), "s", None).await
    }
}

#[tokio::test]
async fn the_issuer_says_where_everything_is() {
    let provider = Discovered::start().await;
    let signed_in = provider.sign_in(&provider.stub.url).await.unwrap();
    assert_eq!(signed_in.identity.subject, "ada");
    assert_eq!(signed_in.identity.email.as_deref(), Some("ada@example.com"));
    assert!(signed_in.identity.roles().contains("admin"));
    provider
        .upstream
        .refresh(&Secret::from("rt"))
        .await
        .unwrap();
    provider.upstream.revoke(&signed_in.tokens).await;
    let paths = [
        DOCUMENT,
        "/token",
        "/keys",
        "/userinfo",
        "/token",
        "/revoke",
    ];
    assert_eq!(provider.paths(), paths);
}

#[tokio::test]
async fn the_id_token_must_come_and_be_the_issuers() {
    let provider = Discovered::start().await;
    let bad = UpstreamError::BadAnswer;
    let other = format!("{}/", provider.stub.url);
    assert_eq!(provider.sign_in(&other).await.unwrap_err(), bad);
    *provider.tokens.lock().unwrap() = json!({ "access_token": "at" });
    let without = provider.upstream.exchange(&code(), "s", None).await;
    assert_eq!(without.unwrap_err(), bad, "userinfo alone is not enough");
}

#[tokio::test]
async fn parallel_logins_ask_once() {
    let provider = Discovered::start().await;
    let logins = (0..64).map(|_| provider.token_endpoint());
    assert!(join_all(logins).await.iter().all(Result::is_ok));
    assert_eq!(provider.asked(), 1);
    provider.wait(3599);
    provider.token_endpoint().await.unwrap();
    assert_eq!(provider.asked(), 1, "an hour is fresh");
}

#[tokio::test]
async fn an_old_copy_is_renewed_by_one_and_serves_the_others_meanwhile() {
    let provider = Discovered::start().await;
    let old = provider.token_endpoint().await;
    let new = provider.stub.at("/token/v2");
    provider.tell(provider.but("token_endpoint", json!(new)));
    provider.wait(3600);
    let both = (provider.token_endpoint(), provider.token_endpoint());
    let (first, second) = tokio::join!(both.0, both.1);
    assert_eq!((first, second), (Ok(new.clone()), old));
    assert_eq!(provider.token_endpoint().await, Ok(new));
    assert_eq!(provider.asked(), 2);
}

#[tokio::test]
async fn an_outage_costs_one_request_every_few_seconds_and_ends_by_itself() {
    let provider = Discovered::start().await;
    provider.tell(json("").status(503).header("retry-after", "7"));
    let retry_after = Some(Duration::from_secs(7));
    let out = Err(UpstreamError::Unavailable { retry_after });
    let logins = (0..8).map(|_| provider.token_endpoint());
    assert!(join_all(logins).await.iter().all(|answer| *answer == out));
    assert_eq!(provider.asked(), 1);
    provider.tell(json(provider.document()));
    provider.wait(4);
    assert_eq!(provider.token_endpoint().await, out);
    assert_eq!(provider.asked(), 1);
    provider.wait(1);
    assert_eq!(
        provider.token_endpoint().await,
        Ok(provider.stub.at("/token"))
    );
}

#[tokio::test]
async fn what_was_known_serves_for_a_day_while_the_provider_is_down() {
    let provider = Discovered::start().await;
    let known = provider.token_endpoint().await;
    let down = [
        json("").status(500),
        json("").status(404),
        provider.but("issuer", json!("https://evil.example")),
        provider.but("token_endpoint", json!("http://evil.example/token")),
    ];
    provider.wait(3600);
    for (round, reply) in down.into_iter().enumerate() {
        provider.tell(reply);
        assert_eq!(provider.token_endpoint().await, known);
        assert_eq!(provider.token_endpoint().await, known);
        assert_eq!(provider.asked(), round + 2, "one try a round");
        provider.wait(5);
    }
    provider.wait(23 * 3600);
    assert_eq!(provider.token_endpoint().await, Err(OUT));
    provider.tell(json(provider.document()));
    provider.wait(5);
    assert_eq!(provider.token_endpoint().await, known);
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_nobody_up() {
    let provider = Discovered::start().await;
    provider.tell(json("").status(500));
    assert_eq!(provider.token_endpoint().await, Err(OUT));
    provider.tell(json(provider.document()));
    provider.now.store(NOW - 86_400, Ordering::SeqCst);
    assert!(provider.token_endpoint().await.is_ok());
}

#[tokio::test]
async fn what_is_not_the_issuers_own_good_document_is_refused() {
    let provider = Discovered::start().await;
    let good = provider.document().to_string();
    let member = |name: &str, value: &str| provider.but(name, json!(value));
    let without = |name: &str| provider.but(name, Value::Null);
    let elsewhere = provider.stub.at("/elsewhere");
    let slash = format!("{}/", provider.stub.url);
    let twice = good.replacen('{', "{\"token_endpoint\":\"https://evil.example\",", 1);
    let replies = [
        ("another issuer", member("issuer", "https://evil.example")),
        ("a slash more", member("issuer", &slash)),
        ("no issuer", without("issuer")),
        (
            "no authorization endpoint",
            without("authorization_endpoint"),
        ),
        ("no token endpoint", without("token_endpoint")),
        ("no keys", without("jwks_uri")),
        ("cleartext", member("token_endpoint", "http://id.example/t")),
        ("cleartext keys", member("jwks_uri", "http://id.example/k")),
        (
            "a password",
            member("authorization_endpoint", "https://u:p@id.example/a"),
        ),
        (
            "a fragment",
            member("userinfo_endpoint", "https://id.example/u#f"),
        ),
        ("no URL", member("revocation_endpoint", "/revoke")),
        (
            "a script",
            member("authorization_endpoint", "javascript:alert(1)"),
        ),
        (
            "a line break",
            member("token_endpoint", "https://id.exam\nple/t"),
        ),
        (
            "endless",
            member(
                "token_endpoint",
                &format!("https://id.example/{}", "t".repeat(2048)),
            ),
        ),
        ("a number", provider.but("token_endpoint", json!(7))),
        ("a member twice", json(twice)),
        ("a list", json("[]")),
        ("a page", json("<html>").content_type("text/html")),
        ("nothing", json("")),
        ("too long", provider.but("x", json!("x".repeat(64 * 1024)))),
        ("none", json(&good).status(404)),
        ("another success", json(&good).status(203)),
        (
            "a redirect",
            json(&good).status(302).header("location", &elsewhere),
        ),
    ];
    for (case, reply) in replies {
        let asked = provider.stub.calls().len();
        provider.tell(reply);
        assert_eq!(provider.token_endpoint().await, Err(OUT), "{case}");
        assert_eq!(
            provider.stub.calls().len(),
            asked + 1,
            "{case}: no second request"
        );
        provider.wait(5);
    }
    provider.tell(provider.but("userinfo_endpoint", Value::Null));
    assert!(
        provider.token_endpoint().await.is_ok(),
        "what is optional is"
    );
}

#[tokio::test]
async fn a_client_secret_is_sent_as_the_document_says() {
    for (methods, in_body) in [
        (json!(null), false),
        (json!(["client_secret_basic"]), false),
        (json!(["client_secret_post", "client_secret_basic"]), false),
        (json!(["client_secret_post", "private_key_jwt"]), true),
        (json!([]), false),
    ] {
        let provider = Discovered::start().await;
        provider.tell(provider.but("token_endpoint_auth_methods_supported", methods.clone()));
        provider
            .upstream
            .refresh(&Secret::from("rt"))
            .await
            .unwrap();
        let call = provider.stub.call("/token");
        assert_eq!(
            call.form().contains_key("client_secret"),
            in_body,
            "{methods}"
        );
        assert_eq!(call.header("authorization").is_none(), in_body, "{methods}");
    }
}
