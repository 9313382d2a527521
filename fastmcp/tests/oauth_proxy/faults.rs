//! What a damaged or failing store does to the credentials of those who did nothing wrong.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::faulty::Faulty;
use crate::support::*;

fn redemption<'a>(client: &'a str, code: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("code_verifier", VERIFIER),
    ]
}

#[tokio::test]
async fn a_damaged_grant_is_dead_and_holds_nobody_up() {
    let store = Faulty::new();
    let server = server_over(store.clone(), &fresh_keys(), |_| ()).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let redemption = redemption(&client, &code);
    let tokens = server.token(&redemption).await.json();
    store.damage(Some("grant"));
    let answers = async {
        // A replay ends the grant, which cannot be read.
        assert_eq!(
            server.token(&redemption).await.error(),
            (400, "invalid_grant".to_owned())
        );
        let refresh = [
            ("grant_type", "refresh_token"),
            ("client_id", &client),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        assert_eq!(
            server.token(&refresh).await.error(),
            (400, "invalid_grant".to_owned())
        );
    };
    tokio::time::timeout(Duration::from_secs(5), answers)
        .await
        .expect("an answer");
    assert!(store.has_failed());
}

#[tokio::test]
async fn a_damaged_note_of_a_passed_token_holds_nobody_up() {
    let store = Faulty::new();
    let pass_through = |options: &mut fastmcp::oauth::ProxyOptions| {
        options.enable_token_swap = false;
    };
    let server = server_over(store.clone(), &fresh_keys(), pass_through).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let tokens: Value = server.token(&redemption(&client, &code)).await.json();
    assert_eq!(tokens["access_token"], "upstream-access");
    store.damage(Some("passed"));
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", &client),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let answer = tokio::time::timeout(Duration::from_secs(5), server.token(&refresh));
    let answer = answer.await.expect("an answer");
    assert_eq!(answer.error(), (503, "temporarily_unavailable".to_owned()));
    assert!(answer.headers.contains_key("retry-after"));
    store.damage(None);
    assert_eq!(server.token(&refresh).await.status, 200);
}

#[tokio::test]
async fn a_store_that_fails_burns_no_code() {
    for (swap, kind) in [
        (true, "login"),
        (true, "grant"),
        (false, "passed"),
        (false, "login"),
    ] {
        let (store, keys) = (Faulty::new(), fresh_keys());
        let server = server_over(store.clone(), &keys, |options| {
            options.enable_token_swap = swap;
        });
        let server = server.await;
        let client = server.client().await;
        let browser = Browser::new(&server);
        let code = browser.login(&authorize_url(&client, &[])).await;
        store.refuse(Some(kind));
        for _ in 0..2 {
            let answer = server.token(&redemption(&client, &code)).await;
            let out = (503, "temporarily_unavailable".to_owned());
            assert_eq!(answer.error(), out, "{kind}");
        }
        store.refuse(None);
        let answer = server.token(&redemption(&client, &code)).await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
        let tokens = answer.json();
        let access = tokens["access_token"].as_str().unwrap();
        let authenticator = server.proxy.authenticator();
        assert!(authenticator.authenticate(access).await.is_ok(), "{kind}");
    }
}

#[tokio::test]
async fn a_provider_out_of_reach_burns_no_code_of_a_forwarded_challenge() {
    let forward = |options: &mut fastmcp::oauth::ProxyOptions| options.forward_pkce = true;
    let server = server_with(forward).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let redemption = redemption(&client, &code);
    let good = server.upstream.answer.lock().unwrap().clone();
    server.upstream.answers(503, "text/plain", "");
    for _ in 0..2 {
        let answer = server.token(&redemption).await;
        let out = (503, "temporarily_unavailable".to_owned());
        assert_eq!(answer.error(), out);
        assert!(answer.headers.contains_key("retry-after"));
    }
    *server.upstream.answer.lock().unwrap() = good;
    let tokens = server.token(&redemption).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    // Then it is spent, and its replay ends the grant as ever.
    let refused = (400, "invalid_grant".to_owned());
    assert_eq!(server.token(&redemption).await.error(), refused);
    let access = tokens.json()["access_token"].as_str().unwrap().to_owned();
    let authenticator = server.proxy.authenticator();
    assert!(authenticator.authenticate(&access).await.is_err());
}

#[tokio::test]
async fn a_rotated_upstream_token_outlives_a_store_that_fails() {
    let store = Faulty::new();
    let server = server_over(store.clone(), &fresh_keys(), |_| ()).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let tokens = server.token(&redemption(&client, &code)).await.json();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", &client),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    // Its end is near, and what the provider said of the user still counts.
    server.wait(3550);
    server.upstream.answers(
        200,
        "application/json",
        r#"{"access_token":"second","token_type":"Bearer","expires_in":3600,"refresh_token":"rotated"}"#,
    );
    store.refuse(Some("grant"));
    let answer = server.token(&refresh).await;
    assert_eq!(answer.error(), (503, "temporarily_unavailable".to_owned()));
    let asked = server.upstream.count();

    // The provider has rotated: what the store still holds would be refused for good.
    store.refuse(None);
    let spent = r#"{"error":"invalid_grant"}"#;
    server.upstream.answers(400, "application/json", spent);
    let answer = server.token(&refresh).await.json();
    assert!(answer["access_token"].is_string(), "{answer}");
    assert_eq!(
        server.upstream.count(),
        asked,
        "the provider is not asked again"
    );
}

#[tokio::test]
async fn a_panic_in_a_rule_of_the_operators_is_a_fault_with_a_reference() {
    let server = server_with(|options| {
        options.registration_policy = Some(Arc::new(|_| panic!("a canary in a panic")));
    })
    .await;
    let answer = server
        .register(&json!({ "redirect_uris": [REDIRECT] }))
        .await;
    assert_eq!(answer.error(), (500, "server_error".to_owned()));
    assert!(!answer.body.contains("canary"), "{}", answer.body);
    assert!(answer.body.contains("reference"), "{}", answer.body);
}
