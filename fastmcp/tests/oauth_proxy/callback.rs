//! The way back from the provider: bound to the browser, once.

use fastmcp::provider::Admission;
use http::Method;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn success_brings_one_code_to_the_client() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let state = browser.approve(&authorize_url(&client, &[])).await;
    let answer = browser.come_back(&state).await;
    assert!(answer.location().starts_with(REDIRECT));
    assert_eq!(answer.param("state").as_deref(), Some("st a/te"));
    assert_eq!(answer.param("iss").as_deref(), Some(BASE));
    assert_ne!(answer.param("code").as_deref(), Some("upstream-code"));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    let call = server.upstream.calls.lock().unwrap()[0].clone();
    assert!(call.contains(&("code".to_owned(), "upstream-code".to_owned())));
    assert!(call.iter().any(|(name, _)| name == "code_verifier"));
    browser.come_back(&state).await.is_page(400);
    assert_eq!(server.upstream.count(), 1);
}

#[tokio::test]
async fn a_foreign_browser_burns_nothing() {
    let server = server().await;
    let client = server.client().await;
    let (own, foreign) = (Browser::new(&server), Browser::new(&server));
    let state = own.approve(&authorize_url(&client, &[])).await;
    foreign.come_back(&state).await.is_page(403);
    let error = callback_url(&[("error", "access_denied"), ("state", &state)]);
    foreign.get(&error).await.is_page(400);
    assert_eq!(server.upstream.count(), 0);
    assert_eq!(server.call(Method::HEAD, &error).await.status, 405);
    assert!(own.come_back(&state).await.param("code").is_some());
}

#[tokio::test]
async fn what_cannot_be_read_is_a_page() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    for state in [&page.form, &page.csrf] {
        browser.come_back(state).await.is_page(400);
    }
    let state = browser
        .decide(&page, "approve")
        .await
        .param("state")
        .unwrap();
    let flipped = format!(
        "{}{}",
        if state.starts_with('A') { "B" } else { "A" },
        &state[1..]
    );
    for form in [
        &[("code", "c")][..],
        &[("state", state.as_str())],
        &[("code", "c"), ("state", "")],
        &[("code", "c"), ("state", &flipped)],
        &[("code", "c"), ("error", "x"), ("state", &state)],
        &[("code", "c"), ("code", "d"), ("state", &state)],
        &[("code", "c"), ("state", &state), ("state", &state)],
    ] {
        browser.get(&callback_url(form)).await.is_page(400);
    }
    assert_eq!(server.upstream.count(), 0);
    server.wait(601);
    browser.come_back(&state).await.is_page(400);
}

#[tokio::test]
async fn what_the_provider_says_comes_back_in_our_words() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let long = "x".repeat(5000);
    for (said, error) in [
        ("access_denied", "access_denied"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("<script>", "server_error"),
        ("invalid_client", "server_error"),
        (long.as_str(), "server_error"),
    ] {
        let state = browser.approve(&authorize_url(&client, &[])).await;
        let form = [
            ("error", said),
            ("error_description", "<script>"),
            ("error_uri", "javascript:x"),
            ("state", &state),
        ];
        let answer = browser.get(&callback_url(&form)).await;
        answer.is_redirect_with(error, Some("st a/te"));
        assert!(!answer.location().contains("%3C"));
    }
}

#[tokio::test]
async fn a_failed_exchange_gives_no_code() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let mac = json!({ "access_token": "x", "token_type": "mac" }).to_string();
    for (status, content_type, body, error) in [
        (
            200,
            "application/json",
            r#"{"error":"bad_verification_code"}"#,
            "server_error",
        ),
        (200, FORM, "error=bad_verification_code", "server_error"),
        (
            200,
            "application/json",
            r#"{"access_token":""}"#,
            "server_error",
        ),
        (200, "application/json", "{}", "server_error"),
        (200, "application/json", mac.as_str(), "server_error"),
        (
            400,
            "application/json",
            r#"{"error":"invalid_grant"}"#,
            "server_error",
        ),
        (200, "text/html", "<html>", "server_error"),
        (503, "text/plain", "down", "temporarily_unavailable"),
        (429, "text/plain", "slow down", "temporarily_unavailable"),
    ] {
        server.upstream.answers(status, content_type, body);
        let state = browser.approve(&authorize_url(&client, &[])).await;
        let answer = browser.come_back(&state).await;
        answer.is_redirect_with(error, Some("st a/te"));
        browser.come_back(&state).await.is_page(400);
    }
}

#[tokio::test]
async fn a_user_who_may_not_sign_in_is_refused() {
    let rule = |options: &mut fastmcp::oauth::ProxyOptions| {
        let rule = Admission::check(|person| person.subject == "user-2");
        options.admits = Some(rule);
    };
    let server = server_with(rule).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let state = browser.approve(&authorize_url(&client, &[])).await;
    let answer = browser.come_back(&state).await;
    answer.is_redirect_with("access_denied", Some("st a/te"));
}

#[tokio::test]
async fn of_many_equal_callbacks_one_talks_to_the_provider() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let state = browser.approve(&authorize_url(&client, &[])).await;
    let calls = (0..64).map(|_| browser.come_back(&state));
    let answers = futures_util::future::join_all(calls).await;
    let codes = answers.iter().filter(|answer| answer.status == 303).count();
    assert_eq!((codes, server.upstream.count()), (1, 1));
}
