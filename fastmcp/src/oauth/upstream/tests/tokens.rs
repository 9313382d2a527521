//! Authorization address, code exchange, refresh and revocation as the provider sees them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::{ClientAuthentication, Upstream, UpstreamError};
use super::stub::{NOW, Stub, authorization_url, code, json, options, parts, query, upstream};
use crate::keys::Keys;
use crate::provider::{custom, github, google};
use crate::secret::Secret;
use crate::spec::{CodeChallenge, Scopes};

fn tokens() -> serde_json::Value {
    json!({ "access_token": "at-1", "refresh_token": "rt-1", "token_type": "Bearer",
            "expires_in": 3600, "scope": "read write" })
}

/// What an operator may set, and what no one may.
const EXTRAS: [(&str, &str); 9] = [
    ("access_type", "online"),
    ("hd", "example.com"),
    ("client_id", "evil"),
    ("redirect_uri", "https://evil.example"),
    ("state", "evil"),
    ("scope", "admin"),
    ("response_type", "token"),
    ("code_challenge", "evil"),
    ("request_uri", "https://evil.example"),
];

#[tokio::test]
async fn the_browser_is_sent_with_everything_the_proxy_owns() {
    let mut options = options("openid email");
    options.extra_authorization_params = EXTRAS
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let provider =
        google().authorization_endpoint("https://id.example/auth?tenant=a&state=old&hd=old");
    let upstream = upstream(provider, options);
    let url = authorization_url(&upstream, "state-1", &Scopes::default(), None).await;
    let query = query(&url);
    let get = |name: &str| query.get(name).map(String::as_str);
    assert!(url.starts_with("https://id.example/auth?"));
    assert_eq!(get("tenant"), Some("a"));
    assert_eq!(get("response_type"), Some("code"));
    assert_eq!(get("client_id"), Some("app/1"));
    assert_eq!(
        get("redirect_uri"),
        Some("http://localhost:8000/oauth/callback")
    );
    assert_eq!(get("state"), Some("state-1"));
    assert_eq!(get("scope"), Some("email openid"));
    assert_eq!(get("code_challenge_method"), Some("S256"));
    assert_eq!(get("code_challenge").map(str::len), Some(43));
    assert_eq!(get("nonce").map(str::len), Some(43));
    assert_ne!(get("nonce"), get("code_challenge"));
    assert_eq!(get("prompt"), Some("consent"));
    assert_eq!(
        get("access_type"),
        Some("online"),
        "the operator's word counts"
    );
    assert_eq!(get("hd"), Some("example.com"));
    assert_eq!(get("request_uri"), None);
}

#[tokio::test]
async fn a_forwarded_challenge_is_the_clients_own() {
    let upstream = upstream(github(), options("read:user"));
    let theirs = CodeChallenge::of("client-verifier-client-verifier-client-verifier");
    let url = authorization_url(&upstream, "s", &Scopes::default(), Some(&theirs)).await;
    let query = query(&url);
    assert_eq!(query["code_challenge"], theirs.as_str());
    assert!(!query.contains_key("nonce"), "no ID token, no nonce");
}

#[tokio::test]
async fn a_client_that_asks_for_little_is_still_told_apart() {
    let scope = async |provider, configured: &str, asked: &str| {
        let asked = Scopes::parse(asked).unwrap();
        let upstream = upstream(provider, options(configured));
        let url = authorization_url(&upstream, "s", &asked, None).await;
        query(&url)["scope"].clone()
    };
    let plain = custom("https://id.example/a", "https://id.example/t");
    let configured = "offline_access openid read write";
    assert_eq!(
        scope(plain.clone(), configured, "read").await,
        "offline_access openid read"
    );
    assert_eq!(scope(plain.clone(), configured, "").await, configured);
    assert_eq!(scope(plain, "read write", "read").await, "read");
    assert_eq!(
        scope(github(), "repo user:email", "gist").await,
        "gist user:email"
    );
}

#[tokio::test]
async fn the_code_is_exchanged_with_basic_credentials_and_the_verifier() {
    let stub = Stub::start(|_| json(tokens())).await;
    let upstream = upstream(stub.plain(), options("read"));
    let query = query(&authorization_url(&upstream, "state-1", &Scopes::default(), None).await);
    let signed_in = upstream.exchange(&code(), "state-1", None).await.unwrap();
    let call = stub.call("/token");
    let form = call.form();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "upstream-code");
    assert_eq!(form["redirect_uri"], query["redirect_uri"]);
    let challenge = CodeChallenge::parse(&query["code_challenge"]).unwrap();
    assert!(challenge.verifies(&form["code_verifier"]));
    assert!(!form.contains_key("client_id") && !form.contains_key("client_secret"));
    let expected = STANDARD.encode("app%2F1:s%3Acr+t%25%26%C3%A9");
    assert_eq!(
        call.header("authorization"),
        Some(format!("Basic {expected}").as_str())
    );
    assert_eq!(call.header("accept"), Some("application/json"));
    assert_eq!(signed_in.tokens.access_token.expose(), "at-1");
    assert_eq!(signed_in.tokens.expires_at, Some(NOW + 3600));
    let granted = signed_in.granted.unwrap();
    let asked = Scopes::parse("read admin").unwrap();
    assert_eq!(granted.intersection(&asked).to_string(), "read");
}

#[tokio::test]
async fn verifier_and_nonce_belong_to_one_state_and_one_key() {
    let first = upstream(google(), options("openid"));
    let second = upstream(google(), options("openid"));
    let url = async |upstream: &Upstream, state| {
        let query = query(&authorization_url(upstream, state, &Scopes::default(), None).await);
        (query["code_challenge"].clone(), query["nonce"].clone())
    };
    let one = url(&first, "a").await;
    assert_eq!(one, url(&first, "a").await);
    assert_ne!(one, url(&first, "b").await);
    assert_ne!(one, url(&second, "a").await);
}

#[tokio::test]
async fn credentials_go_into_the_body_when_asked_and_a_public_client_names_itself() {
    let stub = Stub::start(|_| json(tokens())).await;
    let mut post = options("read");
    post.authentication = Some(ClientAuthentication::Post);
    let verifier = "client-verifier-client-verifier-client-verifier";
    let confidential = upstream(stub.plain(), post);
    confidential
        .exchange(&code(), "s", Some(verifier))
        .await
        .unwrap();
    let parts = parts();
    let keys = Keys::ephemeral(&parts.random);
    let public = Upstream::new(
        stub.plain(),
        "app/1".to_owned(),
        None,
        options("read"),
        parts,
        keys,
    );
    public.refresh(&Secret::from("rt-1")).await.unwrap();
    let calls = stub.calls();
    let form = calls[0].form();
    assert_eq!(form["client_id"], "app/1");
    assert_eq!(form["client_secret"], "s:cr t%&é");
    assert_eq!(form["code_verifier"], verifier);
    assert_eq!(calls[0].header("authorization"), None);
    let form = calls[1].form();
    assert_eq!(form["client_id"], "app/1");
    assert_eq!(form["refresh_token"], "rt-1");
    assert!(!form.contains_key("client_secret"));
    assert_eq!(calls[1].header("authorization"), None);
}

#[tokio::test]
async fn a_refresh_follows_what_the_provider_rotates_and_leaves_the_rest_open() {
    let stub = Stub::start(|call| {
        if call.form()["refresh_token"] == "rotating" {
            json(json!({ "access_token": "at-2", "refresh_token": "rt-2",
                         "refresh_token_expires_in": 60, "expires_in": "1800" }))
        } else {
            json(json!({ "access_token": "at-2" }))
        }
    })
    .await;
    let upstream = upstream(stub.plain(), options("read"));
    let rotated = upstream.refresh(&Secret::from("rotating")).await.unwrap();
    assert_eq!(rotated.tokens.refresh_token.unwrap().expose(), "rt-2");
    assert_eq!(rotated.tokens.refresh_expires_at, Some(NOW + 60));
    assert_eq!(rotated.tokens.expires_at, Some(NOW + 1800));
    let kept = upstream.refresh(&Secret::from("kept")).await.unwrap();
    assert_eq!(kept.tokens.refresh_token, None);
    assert_eq!(kept.tokens.expires_at, None);
    assert_eq!(kept.tokens.scopes, None);
}

#[tokio::test]
async fn a_dead_refresh_token_is_refused_in_the_words_of_each_provider() {
    for (status, error, described, is_dead) in [
        (400, "invalid_grant", "", true),
        (401, "invalid_grant", "", true),
        (
            403,
            "invalid_grant",
            "Unknown or invalid refresh token.",
            true,
        ),
        (200, "invalid_grant", "", true),
        (200, "bad_refresh_token", "", true),
        (200, "invalid_refresh_token", "", true),
        (403, "unauthorized_client", "refresh_token is invalid", true),
        (403, "unauthorized_client", "another reason", false),
        (401, "invalid_client", "refresh_token is invalid", false),
    ] {
        let body = json!({ "error": error, "error_description": described });
        let stub = Stub::start(move |_| json(&body).status(status)).await;
        let upstream = upstream(stub.plain(), options("read"));
        let answer = upstream.refresh(&Secret::from("rt")).await.unwrap_err();
        assert_eq!(answer == UpstreamError::Refused, is_dead, "{error}");
    }
}

#[tokio::test]
async fn tokens_are_given_back_in_the_providers_own_way() {
    let stub = Stub::start(|call| match call.path.as_str() {
        "/token" => json(tokens()),
        _ => json("").status(503),
    })
    .await;
    let plain = stub.plain().revocation_endpoint(stub.at("/revoke"));
    let plain = upstream(plain, options("read"));
    let signed_in = plain.exchange(&code(), "s", None).await.unwrap();
    plain.revoke(&signed_in.tokens).await;
    let form = stub.call("/revoke").form();
    assert_eq!(form["token"], "rt-1");
    assert_eq!(form["token_type_hint"], "refresh_token");
    let github = github().revocation_endpoint(stub.at("/applications/{client_id}/token"));
    upstream(github, options("read"))
        .revoke(&signed_in.tokens)
        .await;
    let call = stub.call("/applications/app/1/token");
    assert_eq!(call.method, "DELETE");
    assert_eq!(call.body, r#"{"access_token":"at-1"}"#);
    assert!(call.header("authorization").unwrap().starts_with("Basic "));
}
