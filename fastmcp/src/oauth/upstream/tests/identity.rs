//! Who signed in, by each provider's own rules.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::super::{SignedIn, TokenVerifier, UpstreamError, UpstreamOptions};
use super::signer::{key_set, sign, unsigned};
use super::stub::{NOW, Reply, Stub, authorization_url, code, json, options, query, upstream};
use crate::provider::{Provider, azure, github, google};
use crate::spec::Scopes;
use crate::token::JwksVerifier;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OBJECT: &str = "00000000-0000-0000-66f3-3332eca7ea81";

/// An OpenID provider at `/token`, `/keys`, `/userinfo` and `/emails`.
struct OpenId {
    stub: Stub,
    answer: Arc<Mutex<Value>>,
}

impl OpenId {
    async fn start(userinfo: Reply, emails: Reply) -> Self {
        let answer = Arc::new(Mutex::new(json!({ "access_token": "at" })));
        let told = answer.clone();
        let keys = key_set();
        let stub = Stub::start(move |call| match call.path.as_str() {
            "/keys" => json(&keys),
            "/token" => json(told.lock().unwrap().clone()),
            "/userinfo" => userinfo.clone(),
            "/emails" => emails.clone(),
            other => panic!("unexpected call of {other}"),
        })
        .await;
        Self { stub, answer }
    }

    async fn without_userinfo() -> Self {
        Self::start(json("").status(404), json("").status(404)).await
    }

    fn at(&self, provider: Provider) -> Provider {
        let provider = provider
            .token_endpoint(self.stub.at("/token"))
            .userinfo_endpoint(self.stub.at("/userinfo"));
        if provider.emails_endpoint.is_some() {
            provider.emails_endpoint(self.stub.at("/emails"))
        } else {
            provider.jwks_uri(self.stub.at("/keys"))
        }
    }

    /// Signs in; `id_token` is made for the nonce that was asked for.
    async fn sign_in(
        &self,
        provider: Provider,
        id_token: impl Fn(&str) -> Option<String>,
    ) -> Result<SignedIn, UpstreamError> {
        self.sign_in_with(provider, options("openid"), id_token)
            .await
    }

    async fn sign_in_with(
        &self,
        provider: Provider,
        options: UpstreamOptions,
        id_token: impl Fn(&str) -> Option<String>,
    ) -> Result<SignedIn, UpstreamError> {
        let upstream = upstream(provider, options);
        let query = query(&authorization_url(&upstream, "s", &Scopes::default(), None).await);
        let nonce = query.get("nonce").cloned().unwrap_or_default();
        if let Some(id_token) = id_token(&nonce) {
            self.answer.lock().unwrap()["id_token"] = id_token.into();
        }
        upstream.exchange(&code(), "s", None).await
    }
}

fn google_claims(nonce: &str) -> Value {
    json!({ "iss": "https://accounts.google.com", "aud": "app/1", "sub": "1099", "nonce": nonce,
            "iat": NOW, "exp": NOW + 3600, "email": "ada@example.com", "email_verified": true,
            "hd": "example.com", "name": "Ada" })
}

/// `claims` with one of them changed.
fn but(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[tokio::test]
async fn google_is_known_by_its_id_token_alone() {
    let open_id = OpenId::without_userinfo().await;
    open_id.answer.lock().unwrap()["scope"] =
        json!("openid https://www.googleapis.com/auth/userinfo.email");
    let signed_in = open_id
        .sign_in(open_id.at(google()), |nonce| {
            Some(sign(&google_claims(nonce)))
        })
        .await
        .unwrap();
    let identity = signed_in.identity;
    assert_eq!(identity.subject, "1099");
    assert_eq!(identity.verified_email(), Some("ada@example.com"));
    assert_eq!(identity.hosted_domain.as_deref(), Some("example.com"));
    assert_eq!(signed_in.id_token_claims.unwrap()["name"], "Ada");
    let asked = Scopes::parse("openid email profile").unwrap();
    let granted = signed_in.granted.unwrap().intersection(&asked);
    assert_eq!(
        granted.to_string(),
        "email openid",
        "by the names asked for"
    );
    let paths: Vec<_> = open_id
        .stub
        .calls()
        .into_iter()
        .map(|call| call.path)
        .collect();
    assert_eq!(paths, ["/token", "/keys"]);
}

#[tokio::test]
async fn an_id_token_that_does_not_verify_ends_the_login() {
    let open_id = OpenId::start(json(json!({ "sub": "1099" })), json("")).await;
    let forge = |nonce: &str, fault: &str| {
        let good = google_claims(nonce);
        match fault {
            "alg none" => unsigned(&good),
            "signature" => {
                let (message, _) = sign(&good).rsplit_once('.').map(own).unwrap();
                let (_, other) = sign(&google_claims("x")).rsplit_once('.').map(own).unwrap();
                format!("{message}.{other}")
            }
            "issuer" => sign(&but(good, "iss", json!("https://evil.example"))),
            "audience" => sign(&but(good, "aud", json!("another-app"))),
            "nonce" => sign(&but(good, "nonce", json!("another"))),
            "no nonce" => sign(&but(good, "nonce", Value::Null)),
            "expired" => sign(&but(good, "exp", json!(NOW - 3600))),
            _ => "garbage".to_owned(),
        }
    };
    for fault in [
        "alg none",
        "signature",
        "issuer",
        "audience",
        "nonce",
        "no nonce",
        "expired",
        "garbage",
    ] {
        let answer = open_id
            .sign_in(open_id.at(google()), |nonce| Some(forge(nonce, fault)))
            .await;
        assert_eq!(answer.unwrap_err(), UpstreamError::BadAnswer, "{fault}");
    }
}

fn own((message, signature): (&str, &str)) -> (String, String) {
    (message.to_owned(), signature.to_owned())
}

#[tokio::test]
async fn keys_out_of_reach_are_no_verdict_on_the_token() {
    let open_id = OpenId::without_userinfo().await;
    let provider = open_id.at(google()).jwks_uri("http://127.0.0.1:9/keys");
    let answer = open_id
        .sign_in(provider, |nonce| Some(sign(&google_claims(nonce))))
        .await;
    assert!(matches!(answer, Err(UpstreamError::Unavailable { .. })));
}

#[tokio::test]
async fn without_an_id_token_google_is_asked_for_userinfo() {
    let open_id = OpenId::start(json(json!({ "sub": "1099", "roles": ["x"] })), json("")).await;
    let signed_in = open_id
        .sign_in(open_id.at(google()), |_| None)
        .await
        .unwrap();
    assert_eq!(signed_in.identity.subject, "1099");
    assert!(signed_in.identity.roles().is_empty());
    let call = open_id.stub.call("/userinfo");
    assert_eq!(call.header("authorization"), Some("Bearer at"));
    let nobody = OpenId::without_userinfo().await;
    let answer = nobody.sign_in(nobody.at(google()), |_| None).await;
    assert_eq!(answer.unwrap_err(), UpstreamError::BadAnswer);
}

#[tokio::test]
async fn github_is_known_by_number_and_by_its_verified_address() {
    let user = json(json!({ "id": 583_231, "login": "octocat", "email": "shown@example.com" }));
    let emails = json(json!([
        { "email": "old@example.com", "primary": false, "verified": true },
        { "email": "octo@example.com", "primary": true, "verified": true, "visibility": null },
    ]));
    let open_id = OpenId::start(user.clone(), emails).await;
    open_id.answer.lock().unwrap()["scope"] = json!("read:user,user:email");
    let signed_in = open_id
        .sign_in(open_id.at(github()), |_| None)
        .await
        .unwrap();
    assert_eq!(signed_in.identity.subject, "583231");
    assert_eq!(
        signed_in.identity.verified_email(),
        Some("octo@example.com")
    );
    let granted = signed_in.granted.unwrap();
    assert_eq!(granted.to_string(), "read:user user:email");
    for emails in [
        json(json!([{ "email": "octo@example.com", "primary": true, "verified": false }])),
        json(json!({ "message": "Not Found" })).status(404),
    ] {
        let open_id = OpenId::start(user.clone(), emails).await;
        let signed_in = open_id
            .sign_in(open_id.at(github()), |_| None)
            .await
            .unwrap();
        assert_eq!(signed_in.identity.verified_email(), None);
    }
    let down = OpenId::start(user, json("").status(502)).await;
    let answer = down.sign_in(down.at(github()), |_| None).await;
    assert!(matches!(answer, Err(UpstreamError::Unavailable { .. })));
}

#[tokio::test]
async fn azure_common_admits_every_tenant_under_its_own_name_only() {
    let open_id = OpenId::without_userinfo().await;
    let token = |nonce: &str, issuer: &str, tenant: Value| {
        let issuer = format!("https://login.microsoftonline.com/{issuer}/v2.0");
        Some(sign(
            &json!({ "iss": issuer, "aud": "app/1", "sub": "pairwise", "tid": tenant,
            "oid": OBJECT, "nonce": nonce, "exp": NOW + 3600, "email": "ceo@victim.example",
            "roles": ["admin"] }),
        ))
    };
    let common = || open_id.at(azure("common"));
    let signed_in = open_id
        .sign_in(common(), |nonce| token(nonce, TENANT, json!(TENANT)))
        .await
        .unwrap();
    assert_eq!(signed_in.identity.subject, format!("{TENANT}.{OBJECT}"));
    assert_eq!(signed_in.identity.verified_email(), None);
    assert!(signed_in.identity.roles().contains("admin"));
    let other = "11111111-86f1-41af-91ab-2d7cd011db47";
    for (provider, issuer, tenant) in [
        (common(), TENANT, json!(other)),
        (common(), other, json!(TENANT)),
        (common(), TENANT, json!(null)),
        (common(), "{tenantid}", json!("{tenantid}")),
        (open_id.at(azure(TENANT)), other, json!(TENANT)),
    ] {
        let answer = open_id
            .sign_in(provider, |nonce| token(nonce, issuer, tenant.clone()))
            .await;
        assert_eq!(
            answer.unwrap_err(),
            UpstreamError::BadAnswer,
            "{issuer} {tenant}"
        );
    }
    let fixed = open_id.at(azure(TENANT));
    let answer = open_id.sign_in(fixed, |nonce| token(nonce, other, json!(other)));
    let error = answer.await.unwrap_err();
    assert_eq!(error, UpstreamError::AnotherTenant, "genuine, and not ours");
}

#[tokio::test]
async fn unverified_claims_pass_through_but_decide_nothing() {
    let open_id = OpenId::start(json(json!({ "sub": "7" })), json("")).await;
    let claims = json!({ "sub": "9", "roles": ["admin"], "exp": NOW + 60, "iss": "i", "aud": "a" });
    open_id.answer.lock().unwrap()["access_token"] = sign(&claims).into();
    let plain = || {
        open_id
            .stub
            .plain()
            .userinfo_endpoint(open_id.stub.at("/userinfo"))
    };
    let signed_in = open_id.sign_in(plain(), |_| None).await.unwrap();
    assert_eq!(signed_in.identity.subject, "7");
    assert!(signed_in.identity.roles().is_empty());
    assert_eq!(signed_in.access_token_claims.unwrap()["roles"][0], "admin");
    let verified = |audience: &str| {
        let mut options = options("read");
        let parts = super::stub::parts();
        options.token_verifier = Some(TokenVerifier {
            keys: Arc::new(JwksVerifier::new(open_id.stub.at("/keys"), parts)),
            issuer: Some("i".to_owned()),
            audience: Some(audience.to_owned()),
        });
        options
    };
    let signed_in = open_id
        .sign_in_with(plain(), verified("a"), |_| None)
        .await
        .unwrap();
    assert_eq!(signed_in.identity.subject, "7", "userinfo ranks higher");
    assert!(signed_in.identity.roles().contains("admin"));
    let answer = open_id.sign_in_with(plain(), verified("b"), |_| None).await;
    assert_eq!(answer.unwrap_err(), UpstreamError::BadAnswer);
}
