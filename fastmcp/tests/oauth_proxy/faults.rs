//! What a damaged or failing store does to the credentials of those who did nothing wrong.

use std::time::Duration;

use serde_json::Value;

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
