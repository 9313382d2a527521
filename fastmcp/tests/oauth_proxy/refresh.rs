//! Refresh tokens: rotation without logout, and no token lost to somebody else's fault.

use http::header::RETRY_AFTER;
use serde_json::{Value, json};

use crate::support::*;

/// The tokens of a fresh login.
pub(crate) async fn tokens(server: &Server, client: &str) -> Value {
    let browser = Browser::new(server);
    let code = browser.login(&authorize_url(client, &[])).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let answer = server.token(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

pub(crate) async fn refresh(
    server: &Server,
    client: &str,
    token: &str,
    more: &[(&str, &str)],
) -> Answer {
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token),
    ];
    form.extend(more);
    server.token(&form).await
}

pub(crate) fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

pub(crate) fn renewed(life: u64) -> String {
    json!({ "access_token": "upstream-next", "token_type": "bearer", "expires_in": life })
        .to_string()
}

#[tokio::test]
async fn of_64_refreshes_all_get_the_same_successor_for_one_call_upstream() {
    let server = server().await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    server.wait(3601);
    server.upstream.answers(200, "application/json", renewed(8));
    let before = server.upstream.count();
    let old = text(&first, "refresh_token");
    let answers = (0..64).map(|_| refresh(&server, &client, old, &[]));
    let answers = futures_util::future::join_all(answers).await;
    let next = answers[0].json();
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["refresh_token"], next["refresh_token"]);
    }
    assert_eq!(server.upstream.count() - before, 1);
    assert_ne!(next["refresh_token"], first["refresh_token"]);
    let call = server
        .upstream
        .calls
        .lock()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert!(call.contains(&("refresh_token".to_owned(), "upstream-refresh".to_owned())));
    let third = refresh(&server, &client, text(&next, "refresh_token"), &[]).await;
    assert_eq!(third.status, 200);
}

#[tokio::test]
async fn a_lost_answer_is_answered_again_and_a_late_one_ends_the_family() {
    let server = server().await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let old = text(&first, "refresh_token");
    let next = refresh(&server, &client, old, &[]).await.json();
    server.wait(119);
    let again = refresh(&server, &client, old, &[]).await.json();
    assert_eq!(again["refresh_token"], next["refresh_token"]);
    let authenticator = server.proxy.authenticator();
    let access = text(&again, "access_token");
    assert!(authenticator.authenticate(access).await.is_ok());
    server.wait(2);
    let late = refresh(&server, &client, old, &[]).await;
    assert_eq!(late.error(), (400, "invalid_grant".to_owned()));
    assert!(authenticator.authenticate(access).await.is_err());
    let dead = refresh(&server, &client, text(&next, "refresh_token"), &[]).await;
    assert_eq!(dead.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn what_is_no_token_of_this_client_is_refused_and_nothing_is_spent() {
    let server = server().await;
    let (client, other) = (server.client().await, server.client().await);
    let first = tokens(&server, &client).await;
    let token = text(&first, "refresh_token");
    let flipped = format!("{}A", &token[..token.len() - 1]);
    let cut = &token[1..];
    for wrong in [text(&first, "access_token"), flipped.as_str(), cut, "x"] {
        if wrong != token {
            let answer = refresh(&server, &client, wrong, &[]).await;
            assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
        }
    }
    let foreign = refresh(&server, &other, token, &[]).await;
    assert_eq!(foreign.error(), (400, "invalid_grant".to_owned()));
    for (name, value, error) in [
        ("scope", "admin", "invalid_scope"),
        ("scope", "a\"", "invalid_scope"),
        ("resource", "https://x.test/mcp", "invalid_target"),
        ("client_secret", "x", "invalid_client"),
        ("refresh_token", token, "invalid_request"),
    ] {
        let answer = refresh(&server, &client, token, &[(name, value)]).await;
        assert_eq!(answer.error().1, error, "{name}");
    }
    let missing = refresh(&server, &client, "", &[]).await;
    assert_eq!(missing.error(), (400, "invalid_request".to_owned()));
    let narrow = refresh(&server, &client, token, &[("scope", "openid")])
        .await
        .json();
    assert_eq!(narrow["scope"], "openid");
    let full = refresh(&server, &client, text(&narrow, "refresh_token"), &[])
        .await
        .json();
    assert_eq!(full["scope"], "notes:write openid profile");
}

#[tokio::test]
async fn a_fault_of_the_provider_costs_nothing_but_time() {
    let server = server().await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let token = text(&first, "refresh_token");
    let fresh = refresh(&server, &client, token, &[]).await.json();
    assert_eq!(
        server.upstream.count(),
        1,
        "a fresh upstream token is left alone"
    );
    let token = text(&fresh, "refresh_token");
    server.wait(3601);
    for (status, body) in [
        (500, "oops"),
        (429, "slow down"),
        (503, ""),
        (200, "garbage"),
    ] {
        server.upstream.answers(status, "text/plain", body);
        let answer = refresh(&server, &client, token, &[]).await;
        assert_eq!(
            answer.error(),
            (503, "temporarily_unavailable".to_owned()),
            "{status}"
        );
        let after = answer.headers[RETRY_AFTER].to_str().unwrap();
        assert!(after.parse::<u64>().unwrap() > 0);
    }
    server
        .upstream
        .answers(200, "application/json", renewed(3600));
    let answer = refresh(&server, &client, token, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn what_the_provider_ends_is_ended() {
    let server = server().await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let token = text(&first, "refresh_token");
    server.wait(3601);
    server
        .upstream
        .answers(400, "application/json", r#"{"error":"invalid_grant"}"#);
    let answer = refresh(&server, &client, token, &[]).await;
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
    server
        .upstream
        .answers(200, "application/json", renewed(3600));
    let answer = refresh(&server, &client, token, &[]).await;
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_client_without_the_grant_type_has_no_refresh_tokens() {
    let server = server().await;
    let registration = json!({
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code"],
    });
    let client = server.register(&registration).await.json();
    let client = client["client_id"].as_str().unwrap();
    let first = tokens(&server, client).await;
    assert!(first.get("refresh_token").is_none());
    let answer = refresh(&server, client, "x", &[]).await;
    assert_eq!(answer.error(), (400, "unauthorized_client".to_owned()));
}

#[tokio::test]
async fn rotation_does_not_prolong_the_login() {
    let hour = |options: &mut fastmcp::oauth::ProxyOptions| {
        options.refresh_token_ttl = std::time::Duration::from_hours(1);
        options.access_token_ttl = Some(std::time::Duration::from_mins(5));
    };
    let server = server_with(hour).await;
    let client = server.client().await;
    let mut tokens = tokens(&server, &client).await;
    for _ in 0..5 {
        server.wait(600);
        let token = text(&tokens, "refresh_token").to_owned();
        tokens = refresh(&server, &client, &token, &[]).await.json();
    }
    server.wait(600);
    let answer = refresh(&server, &client, text(&tokens, "refresh_token"), &[]).await;
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
}
