//! Whole logins at a provider that does as it is told.

use std::time::Duration;

use fastmcp::testing::{Caller, Fault, RefreshTokens, Revision, TestServer};
use serde_json::json;

use crate::notes;

async fn start() -> TestServer {
    TestServer::start(notes()).await
}

fn down() -> Fault {
    Fault {
        status: Some(503),
        ..Fault::default()
    }
}

#[tokio::test]
async fn roles_and_scopes_come_through_the_login() {
    let server = start().await;
    let caller = Caller::new("ada").role("admin").scope("notes:write");
    let ada = server.log_in(caller).await.unwrap();
    assert_eq!(ada.scopes(), ["notes:write"]);
    for revision in Revision::ALL {
        let ada = ada.connection().speaking(revision);
        let answer = ada.call("purge", json!({ "days": 3 })).await.unwrap();
        assert_eq!(answer.text(), "notes of 3 days deleted");
        ada.call("write", json!({ "text": "x" })).await.unwrap();
    }
    let bob = server.log_in(Caller::new("bob")).await.unwrap();
    let refused = bob.connection().call("purge", json!({ "days": 3 })).await;
    assert_eq!(refused.unwrap_err().refused().unwrap().status(), 403);
    assert_eq!(bob.scopes(), ["notes:write"], "who asks for none gets all");
    let name = bob.connection().call("name", json!({})).await.unwrap();
    assert_eq!(name.text(), "bob");
    let refused = server.with_token("forged").list_tools().await;
    assert!(refused.unwrap_err().is_sign_in());
    assert!(
        server
            .anonymous()
            .list_tools()
            .await
            .unwrap_err()
            .is_sign_in()
    );
}

#[tokio::test]
async fn tokens_end_and_are_refreshed() {
    let server = TestServer::start(
        notes()
            .into_server()
            .access_token_ttl(Duration::from_mins(5)),
    )
    .await;
    let ada = server.log_in(Caller::new("ada")).await.unwrap();
    assert_eq!(ada.expires_in(), 300);
    let (before, connection) = (ada.access_token(), ada.connection());
    server.clock().by(301);
    let late = connection.call("name", json!({})).await;
    assert!(late.unwrap_err().is_sign_in());
    ada.refresh().await.unwrap();
    assert_ne!(ada.access_token(), before);
    connection.call("name", json!({})).await.unwrap();
    ada.revoke().await.unwrap();
    let ended = connection.call("name", json!({})).await;
    assert!(ended.unwrap_err().is_sign_in());
    let refused = ada.refresh().await.unwrap_err();
    assert_eq!(refused.error(), Some("invalid_grant"));
}

#[tokio::test]
async fn a_provider_can_deny_and_be_down() {
    let server = start().await;
    let provider = server.provider();
    provider.change(|knobs| knobs.deny = Some("access_denied".to_owned()));
    let denied = server.log_in(Caller::new("ada")).await.unwrap_err();
    assert_eq!(denied.error(), Some("access_denied"), "{denied}");
    provider.turn(fastmcp::testing::Knobs::default());
    provider.change(|knobs| {
        knobs.faults.insert("token".to_owned(), down());
    });
    let lost = server.log_in(Caller::new("ada")).await.unwrap_err();
    assert_ne!(lost.error(), Some("access_denied"), "{lost}");
    provider.change(|knobs| knobs.faults.clear());
    server.log_in(Caller::new("ada")).await.unwrap();
}

#[tokio::test]
async fn the_providers_tokens_rotate_expire_and_may_be_missing() {
    let server = start().await;
    let provider = server.provider();
    provider.change(|knobs| {
        knobs.refresh_tokens = RefreshTokens::Rotating;
        knobs.expires_in = json!(600);
    });
    let ada = server.log_in(Caller::new("ada")).await.unwrap();
    let first = ada.connection().call("whoami", json!({})).await.unwrap();
    server.clock().by(601);
    ada.refresh().await.unwrap();
    let second = ada.connection().call("whoami", json!({})).await.unwrap();
    assert_ne!(first.text(), second.text());
    assert_eq!(provider.counts().get("refresh"), Some(&1));

    provider.change(|knobs| knobs.refresh_tokens = RefreshTokens::None);
    let bob = server.log_in(Caller::new("bob")).await.unwrap();
    let token = bob.connection().call("whoami", json!({})).await.unwrap();
    let token = token.text().replace("bob ", "");
    let mut issued = provider.issued().into_iter();
    assert!(
        issued.any(|it| it.starts_with(&token)),
        "the provider's own"
    );
    assert!(
        provider
            .calls()
            .iter()
            .any(|call| call.endpoint == "authorize")
    );
}
