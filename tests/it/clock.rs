//! What expires, when, and to the second; with a clock that is turned.

use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens};
use tests::idp::Knobs;

use crate::local::Running;

fn invalid_grant() -> (u16, Option<String>) {
    (400, Some("invalid_grant".into()))
}

#[tokio::test]
async fn a_page_may_be_answered_for_ten_minutes() {
    let running = Running::start(|server| server).await;
    for (wait, status) in [(590, 303), (602, 400)] {
        let browser = Browser::new();
        let attempt = running.client.begin();
        let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
        running.clock.by(wait);
        let answer = browser.press(&page, Some("approve"), |_| {}).await;
        assert_eq!(answer.status, status, "after {wait} s: {answer:?}");
    }
}

#[tokio::test]
async fn a_state_lives_for_ten_minutes() {
    let running = Running::start(|server| server).await;
    let browser = Browser::new();
    let attempt = running.client.begin();
    let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let url = browser
        .follow(answer, &running.at("/oauth/callback"))
        .await
        .client();
    running.clock.by(1205);
    let late = browser.get(url.as_str()).await;
    assert_eq!(late.status, 400, "{late:?}");
    assert!(running.idp.calls("token").await.is_empty());
}

#[tokio::test]
async fn a_code_lives_as_long_as_the_option_says() {
    let ttl = Duration::from_mins(1);
    let running = Running::start(|server| server.authorization_code_ttl(ttl)).await;
    let (attempt, code) = running.code().await;
    running.clock.by(55);
    Tokens::read(&running.client.redeem(&code, &attempt.verifier).await);
    let (attempt, code) = running.code().await;
    running.clock.by(62);
    let late = running.client.redeem(&code, &attempt.verifier).await;
    assert_eq!(late.outcome(), invalid_grant());
}

#[tokio::test]
async fn an_access_token_ends_to_the_second() {
    let ttl = Duration::from_mins(5);
    let running = Running::start(|server| server.access_token_ttl(ttl)).await;
    let tokens = running.login().await;
    assert_eq!(tokens.expires_in, 300);
    let url = running.at("/mcp");
    running.clock.by(295);
    assert_eq!(
        crate::support::bearer(&url, &tokens.access).await.status,
        200
    );
    running.clock.by(6);
    assert_eq!(
        crate::support::bearer(&url, &tokens.access).await.status,
        401
    );
    let renewed = Tokens::read(&running.client.refresh(&tokens.refresh).await);
    assert_eq!(
        crate::support::bearer(&url, &renewed.access).await.status,
        200
    );
}

#[tokio::test]
async fn reuse_after_the_window_ends_the_whole_login() {
    let running = Running::start(|server| server).await;
    let first = running.login().await;
    let second = Tokens::read(&running.client.refresh(&first.refresh).await);
    running.clock.by(115);
    let again = Tokens::read(&running.client.refresh(&first.refresh).await);
    assert_eq!(again.refresh, second.refresh, "inside the window");
    running.clock.by(10);
    let reused = running.client.refresh(&first.refresh).await;
    assert_eq!(reused.outcome(), invalid_grant(), "outside");
    let dead = running.client.refresh(&second.refresh).await;
    assert_eq!(dead.outcome(), invalid_grant(), "the successor too");
    for access in [&first.access, &second.access, &again.access] {
        let answer = crate::support::bearer(&running.at("/mcp"), access).await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
}

#[tokio::test]
async fn without_a_window_a_refresh_token_works_once() {
    let running = Running::start(|server| server.refresh_grace(Duration::ZERO)).await;
    let first = running.login().await;
    let second = Tokens::read(&running.client.refresh(&first.refresh).await);
    assert_eq!(
        running.client.refresh(&first.refresh).await.outcome(),
        invalid_grant()
    );
    assert_eq!(
        running.client.refresh(&second.refresh).await.outcome(),
        invalid_grant()
    );
}

#[tokio::test]
async fn rotation_never_extends_a_login() {
    let ttl = Duration::from_hours(24);
    let running = Running::start(|server| server.refresh_token_ttl(ttl)).await;
    let mut tokens = running.login().await;
    for _ in 0..3 {
        running.clock.by(7 * 3600);
        tokens = Tokens::read(&running.client.refresh(&tokens.refresh).await);
    }
    running.clock.by(4 * 3600);
    assert_eq!(
        running.client.refresh(&tokens.refresh).await.outcome(),
        invalid_grant()
    );
}

#[tokio::test]
async fn a_registration_that_nobody_uses_ends() {
    let running = Running::start(|server| server).await;
    running.clock.by(25 * 3600);
    let page = Browser::new()
        .get(running.client.begin().url.as_str())
        .await;
    assert_eq!(page.status, 400, "{page:?}");
    let answer = running.client.refresh("x").await;
    assert_eq!(answer.outcome(), (401, Some("invalid_client".into())));
}

#[tokio::test]
async fn upstream_tokens_are_renewed_near_their_end_and_no_sooner() {
    let running = Running::start(|server| server).await;
    let tokens = running.login().await;
    let mcp = running.mcp(&tokens.access).await;
    let first = mcp.text("upstream_hint", json!({})).await;
    running.clock.by(3000);
    assert_eq!(mcp.text("upstream_hint", json!({})).await, first);
    assert!(running.idp.calls("refresh").await.is_empty());
    running.clock.by(595);
    let renewed = mcp.text("upstream_hint", json!({})).await;
    assert_ne!(renewed, first);
    assert_eq!(running.idp.calls("refresh").await.len(), 1);
}

#[tokio::test]
async fn a_panic_in_a_tool_is_masked_and_nobody_else_notices() {
    let running = Running::start(|server| server).await;
    running.idp.turn(&Knobs::default()).await;
    let tokens = running.login().await;
    let mcp = running.mcp(&tokens.access).await;
    let answer = mcp.call("panics", json!({})).await;
    assert!(!answer.body.contains("canary"), "{answer:?}");
    assert_eq!(mcp.text("name", json!({})).await, "alice");
}
