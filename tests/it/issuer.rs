//! A provider known by its issuer alone: a whole login, and an outage at the start.

use fastmcp::provider;
use serde_json::json;
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens};
use tests::http::parameter;
use tests::idp::{Fault, IdToken, Idp, Knobs};

use crate::local::Running;

/// A server that knows of `idp` its issuer.
async fn start(idp: Idp) -> Running {
    let issuer = idp.url().to_owned();
    Running::start_at(idp, |server| server.provider(provider::oidc(issuer))).await
}

fn out_of_order(endpoint: &str) -> Knobs {
    let fault = Fault {
        status: Some(503),
        ..Fault::default()
    };
    Knobs {
        faults: [(endpoint.to_owned(), fault)].into(),
        ..Knobs::default()
    }
}

#[tokio::test]
async fn an_issuer_is_enough_for_logins_calls_and_refreshes() {
    let running = start(Idp::start().await).await;
    let roles = json!({ "roles": ["admin"] });
    let claims = roles.as_object().cloned().unwrap_or_default();
    running
        .idp
        .turn(&Knobs {
            claims,
            expires_in: json!(300),
            ..Knobs::default()
        })
        .await;
    let tokens = running.login().await;
    let mcp = running.mcp(&tokens.access).await;
    assert_eq!(mcp.text("name", json!({})).await, "alice");
    let answer = mcp.text("secret_of_admins", json!({})).await;
    assert_eq!(answer, "forty-two", "roles of the verified ID token");
    running.clock.by(299);
    let tokens = Tokens::read(&running.client.refresh(&tokens.refresh).await);
    let mcp = mcp.with_token(&tokens.access);
    assert_eq!(mcp.text("name", json!({})).await, "alice");
    let asked = running.idp.calls("authorize").await;
    assert_eq!(asked[0].parameter("scope"), Some("email openid profile"));
    assert!(asked[0].parameter("nonce").is_some());
    for (endpoint, calls) in [("discovery", 1), ("token", 1), ("refresh", 1), ("jwks", 1)] {
        assert_eq!(running.idp.calls(endpoint).await.len(), calls, "{endpoint}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_at_the_start_is_found_when_it_is_back() {
    let idp = Idp::start().await;
    idp.turn(&out_of_order("discovery")).await;
    let running = start(idp).await;
    let attempt = running.client.begin();
    let browser = Browser::new();
    let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(running.idp.calls("authorize").await.is_empty());

    running.idp.turn(&Knobs::default()).await;
    running.clock.by(5);
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let called = browser.follow(answer, REDIRECT).await.client();
    let code = running.client.code(&attempt, &called);
    let tokens = Tokens::read(&running.client.redeem(&code, &attempt.verifier).await);
    let mcp = running.mcp(&tokens.access).await;
    assert_eq!(mcp.text("name", json!({})).await, "alice");
}

#[tokio::test]
async fn a_login_outlives_a_day_in_which_the_issuer_says_nothing() {
    let running = start(Idp::start().await).await;
    let tokens = running.login().await;
    running.idp.turn(&out_of_order("discovery")).await;
    running.clock.by(23 * 3600);
    let tokens = Tokens::read(&running.client.refresh(&tokens.refresh).await);
    running.clock.by(2 * 3600);
    let answer = running.client.refresh(&tokens.refresh).await;
    let out = (503, Some("temporarily_unavailable".into()));
    assert_eq!(answer.outcome(), out, "too long a silence");
    assert!(answer.header("retry-after").is_some());
    running.idp.turn(&Knobs::default()).await;
    running.clock.by(5);
    Tokens::read(&running.client.refresh(&tokens.refresh).await);
}

#[tokio::test]
async fn an_id_token_that_is_not_the_issuers_signs_nobody_in() {
    let running = start(Idp::start().await).await;
    for id_token in [
        IdToken::None,
        IdToken::ForeignKey,
        IdToken::Unsigned,
        IdToken::WrongIssuer,
        IdToken::WrongAudience,
        IdToken::WrongNonce,
        IdToken::Expired,
    ] {
        let knobs = Knobs {
            id_token,
            ..Knobs::default()
        };
        running.idp.turn(&knobs).await;
        let attempt = running.client.begin();
        let browser = Browser::new();
        let called = browser.agree(attempt.url.as_str(), REDIRECT, |_| {}).await;
        let error = parameter(&called, "error");
        assert_eq!(error.as_deref(), Some("server_error"), "{id_token:?}");
    }
}
