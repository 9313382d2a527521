//! Options that change the course of a login; every check stays in force.

use serde_json::json;
use tests::browser::{Browser, Landing};
use tests::client::{Client, REDIRECT, Tokens};
use tests::http::{Http, parameter};
use tests::idp::{Idp, Knobs};

use crate::local::{self, Running};

#[tokio::test]
async fn without_the_consent_screen_the_browser_stays_bound() {
    let running = Running::start(|server| server.consent_required(false)).await;
    let attempt = running.client.begin();
    let browser = Browser::new();
    let landing = browser
        .open(attempt.url.as_str(), &running.at("/oauth/callback"))
        .await;
    let Landing::Client(callback) = landing else {
        panic!("no page is shown: {landing:?}")
    };
    let stranger = Browser::new().get(callback.as_str()).await;
    assert_eq!(stranger.status, 403, "{stranger:?}");
    let called = browser.open(callback.as_str(), REDIRECT).await.client();
    let code = running.client.code(&attempt, &called);
    Tokens::read(&running.client.redeem(&code, &attempt.verifier).await);
}

#[tokio::test]
async fn passed_through_tokens_are_still_checked() {
    let running = Running::start(|server| server.enable_token_swap(false)).await;
    let tokens = running.login().await;
    let issued = running.idp.issued().await;
    assert!(
        issued.contains(&tokens.access),
        "the client holds the provider's token"
    );
    let url = running.at("/mcp");
    assert_eq!(
        crate::support::bearer(&url, &tokens.access).await.status,
        200
    );
    for other in issued.iter().filter(|token| **token != tokens.access) {
        let answer = crate::support::bearer(&url, other).await;
        assert_eq!(
            answer.status, 401,
            "a token that was not given to a client here: {answer:?}"
        );
    }
    let mcp = running.mcp(&tokens.access).await;
    assert_eq!(mcp.text("name", json!({})).await, "alice");
    assert_eq!(mcp.call("secret_of_admins", json!({})).await.status, 403);
}

#[tokio::test]
async fn forwarded_pkce_is_the_clients_own() {
    let running = Running::start(|server| server.forward_pkce(true)).await;
    let (attempt, code) = running.code().await;
    let asked = running.idp.calls("authorize").await;
    let challenge = parameter(&attempt.url, "code_challenge");
    assert_eq!(asked[0].parameter("code_challenge"), challenge.as_deref());
    let wrong = running.client.redeem(&code, &tests::random_token()).await;
    assert_eq!(wrong.outcome(), (400, Some("invalid_grant".into())));
    let tokens = Tokens::read(&running.client.redeem(&code, &attempt.verifier).await);
    let exchanged = running.idp.calls("token").await;
    assert_eq!(exchanged.len(), 1, "a wrong verifier goes nowhere");
    assert_eq!(
        exchanged[0].parameter("code_verifier"),
        Some(attempt.verifier.as_str())
    );
    let mcp = running.mcp(&tokens.access).await;
    assert_eq!(mcp.text("name", json!({})).await, "alice");
}

#[tokio::test]
async fn what_the_proxy_owns_cannot_be_overridden() {
    let running = Running::start(|server| {
        server
            .extra_authorization_params([("access_type", "offline")])
            .redirect_path("/oauth/back")
    })
    .await;
    running.login().await;
    let asked = running.idp.calls("authorize").await;
    assert_eq!(asked[0].parameter("access_type"), Some("offline"));
    let back = running.at("/oauth/back");
    assert_eq!(asked[0].parameter("redirect_uri"), Some(back.as_str()));
    let old = Http::new().get(&running.at("/oauth/callback")).await;
    assert_eq!(old.status, 404, "{old:?}");
}

#[tokio::test]
async fn redirect_patterns_are_matched_on_parts() {
    let patterns = [
        "https://yourdomain.com/app/*",
        "cursor://anysphere.cursor-mcp/*",
        "http://127.0.0.1:*/callback",
    ];
    let running = Running::start(|server| server.allowed_redirect_uri_patterns(patterns)).await;
    let url = running.at("/oauth/register");
    let register = async |uri: &str| {
        let body = json!({"redirect_uris": [uri], "token_endpoint_auth_method": "none"});
        Http::new().post_json(&url, &body).await
    };
    for good in [
        "https://yourdomain.com/app/a/b",
        "https://yourdomain.com/app/v1.2.3/cb",
        "cursor://anysphere.cursor-mcp/oauth/cb",
    ] {
        assert_eq!(register(good).await.status, 201, "{good}");
    }
    for bad in [
        "/app/../steal",
        "/app/%2e%2e/steal",
        "/app/..%2fsteal",
        "/app/%252e%252e/x",
        "/app\\..\\x",
        "/app/./x",
        "/app/x/..",
        "/application",
        "/App/x",
        "/",
        "",
    ] {
        let answer = register(&format!("https://yourdomain.com{bad}")).await;
        assert_eq!(
            answer.outcome(),
            (400, Some("invalid_redirect_uri".into())),
            "{bad}"
        );
    }
    for bad in [
        "https://yourdomain.com@evil.test/app/x",
        "https://yourdomain.com.evil.test/app/x",
        "https://evil.test/yourdomain.com/app/x",
        "http://yourdomain.com/app/x",
        "https://yourdomain.com:8443/app/x",
        "http://127.0.0.1/cb",
        "http://localhost/callback",
    ] {
        let answer = register(bad).await;
        assert_eq!(
            answer.outcome(),
            (400, Some("invalid_redirect_uri".into())),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn two_people_of_one_client_stay_apart() {
    let running = Running::start(|server| server).await;
    let alice = running.login().await;
    running
        .idp
        .turn(&Knobs {
            user: "mallory".into(),
            ..Knobs::default()
        })
        .await;
    let mallory = running.login().await;
    let alice = Tokens::read(&running.client.refresh(&alice.refresh).await);
    assert_eq!(
        running
            .mcp(&alice.access)
            .await
            .text("name", json!({}))
            .await,
        "alice"
    );
    assert_eq!(
        running
            .mcp(&mallory.access)
            .await
            .text("name", json!({}))
            .await,
        "mallory"
    );
    let other = Client::register(running.client.discovered.clone()).await;
    assert_ne!(other.id, running.client.id);
}

#[tokio::test]
async fn a_pattern_that_admits_everybody_stops_the_start() {
    let idp = Idp::start().await;
    for bad in [
        "*",
        "https://*",
        "https://*/*",
        "http://*:*",
        "https://*.com/*",
        "https://a*b.com/",
        "//x",
        "https://h/a*b",
        "http://c.test/*",
    ] {
        let server = local::configured(&idp, "http://localhost:8000");
        let started = server.allowed_redirect_uri_patterns([bad]).router().await;
        let error = started
            .err()
            .unwrap_or_else(|| panic!("`{bad}` was accepted"))
            .to_string();
        assert!(error.contains(bad), "`{bad}` is not named: {error}");
    }
}
