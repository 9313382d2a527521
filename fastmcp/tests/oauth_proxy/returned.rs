//! The provider's tokens go back to it when a login ends here, and nobody waits for that.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastmcp::oauth::ClientAuthentication;
use serde_json::json;

use crate::faulty::Faulty;
use crate::refresh::{refresh, renewed, text, tokens};
use crate::revoke::{good, lives, revoke};
use crate::support::*;

fn pairs(form: &[(&str, &str)]) -> Vec<(String, String)> {
    form.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const REFRESH_TOKEN: [(&str, &str); 2] = [
    ("token", "upstream-refresh"),
    ("token_type_hint", "refresh_token"),
];

#[tokio::test]
async fn the_refresh_token_goes_back_with_our_credentials_and_once() {
    let server = server().await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    for _ in 0..3 {
        good(&revoke(&server, &client, text(&tokens, "refresh_token")).await);
    }
    let basic = format!("Basic {}", STANDARD.encode("upstream-id:upstream-secret"));
    let expected = vec![(Some(basic), pairs(&REFRESH_TOKEN))];
    assert_eq!(server.upstream.returned(1).await, expected);
}

#[tokio::test]
async fn credentials_go_into_the_body_where_the_provider_wants_them() {
    let post = |options: &mut fastmcp::oauth::ProxyOptions| {
        options.upstream_token_endpoint_auth_method = Some(ClientAuthentication::Post);
    };
    let server = server_with(post).await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    good(&revoke(&server, &client, text(&tokens, "refresh_token")).await);
    let mut form = pairs(&REFRESH_TOKEN);
    form.extend(pairs(&[
        ("client_id", "upstream-id"),
        ("client_secret", "upstream-secret"),
    ]));
    assert_eq!(server.upstream.returned(1).await, [(None, form)]);
}

#[tokio::test]
async fn without_a_refresh_token_the_access_token_goes_back() {
    let server = server().await;
    let answer = json!({ "access_token": "upstream-only", "token_type": "Bearer" });
    server
        .upstream
        .answers(200, "application/json", answer.to_string());
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    good(&revoke(&server, &client, text(&tokens, "refresh_token")).await);
    let expected = pairs(&[
        ("token", "upstream-only"),
        ("token_type_hint", "access_token"),
    ]);
    assert_eq!(server.upstream.returned(1).await[0].1, expected);
}

#[tokio::test]
async fn a_provider_that_fails_or_hangs_is_nobodys_concern() {
    for (status, wait) in [(503, 0), (400, 0), (404, 0), (200, 60)] {
        let server = server().await;
        *server.upstream.takes_back.lock().unwrap() = (status, Duration::from_secs(wait));
        let client = server.client().await;
        let tokens = tokens(&server, &client).await;
        let answer = revoke(&server, &client, text(&tokens, "refresh_token"));
        // Sooner than the provider's time is up.
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
        good(&answer.expect("nobody waits for the provider"));
        assert!(!lives(&server, &client, &tokens).await);
        assert_eq!(server.upstream.returned(1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_replay_and_a_reuse_give_the_tokens_back_too() {
    let server = server().await;
    let client = server.client().await;
    let code = Browser::new(&server)
        .login(&authorize_url(&client, &[]))
        .await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &client),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(server.token(&form).await.status, 200);
    for _ in 0..3 {
        assert_eq!(server.token(&form).await.error().1, "invalid_grant");
    }
    assert_eq!(server.upstream.returned(1).await.len(), 1);

    let first = tokens(&server, &client).await;
    let first = text(&first, "refresh_token");
    assert_eq!(refresh(&server, &client, first, &[]).await.status, 200);
    server.wait(121);
    for _ in 0..3 {
        let reused = refresh(&server, &client, first, &[]).await;
        assert_eq!(reused.error().1, "invalid_grant");
    }
    let returned = server.upstream.returned(2).await;
    assert_eq!(returned.len(), 2);
    assert_eq!(returned[1].1, pairs(&REFRESH_TOKEN));
}

#[tokio::test]
async fn tokens_that_the_provider_gives_too_late_go_back_as_well() {
    let server = server().await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let token = text(&first, "refresh_token");
    server.wait(3601);
    let next =
        json!({ "access_token": "next", "token_type": "Bearer", "refresh_token": "rotated" });
    server
        .upstream
        .answers(200, "application/json", next.to_string());
    let gate = server.upstream.hold();
    let (refreshed, ()) = tokio::join!(refresh(&server, &client, token, &[]), async {
        server.upstream.asked(2).await;
        good(&revoke(&server, &client, token).await);
        drop(gate);
    });
    assert_eq!(refreshed.error(), (400, "invalid_grant".to_owned()));
    let mut returned: Vec<_> = server.upstream.returned(2).await;
    returned.sort();
    let tokens: Vec<_> = returned
        .iter()
        .map(|(_, form)| form[0].1.as_str())
        .collect();
    assert_eq!(tokens, ["rotated", "upstream-refresh"]);
}

#[tokio::test]
async fn what_the_provider_ended_is_not_given_back() {
    let server = server().await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let good_answer = server.upstream.answer.lock().unwrap().clone();
    server.wait(3601);
    let refused = r#"{"error":"invalid_grant"}"#;
    server.upstream.answers(400, "application/json", refused);
    let answer = refresh(&server, &client, text(&first, "refresh_token"), &[]).await;
    assert_eq!(answer.error().1, "invalid_grant");
    *server.upstream.answer.lock().unwrap() = good_answer;
    // The next one that ends is the first that comes back.
    let second = tokens(&server, &client).await;
    let next = renewed(3600).replace("upstream-next", "second");
    server.wait(3601);
    server.upstream.answers(200, "application/json", next);
    let second = refresh(&server, &client, text(&second, "refresh_token"), &[]).await;
    let second = second.json();
    good(&revoke(&server, &client, text(&second, "refresh_token")).await);
    assert_eq!(server.upstream.returned(1).await.len(), 1);
}

#[tokio::test]
async fn tokens_that_the_store_would_not_take_are_the_ones_that_go_back() {
    let store = Faulty::new();
    let server = server_over(store.clone(), &fresh_keys(), |_| ()).await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let token = text(&first, "refresh_token");
    server.wait(3601);
    let next =
        json!({ "access_token": "next", "token_type": "Bearer", "refresh_token": "rotated" });
    server
        .upstream
        .answers(200, "application/json", next.to_string());
    store.refuse(Some("grant"));
    let answer = refresh(&server, &client, token, &[]).await;
    assert_eq!(answer.error(), (503, "temporarily_unavailable".to_owned()));
    store.refuse(None);
    good(&revoke(&server, &client, token).await);
    let returned = server.upstream.returned(1).await;
    assert_eq!(returned[0].1[0].1, "rotated");
}
