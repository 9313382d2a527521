//! A provider that looks like each of those that are known by name.

use fastmcp::provider::{self, Provider};
use fastmcp::testing::{Caller, TestServer};
use serde_json::json;

use crate::notes;

async fn logged_in(provider: Provider, caller: Caller) -> (String, bool) {
    let server = TestServer::start(notes().into_server().provider(provider)).await;
    let login = server.log_in(caller).await.unwrap();
    let name = login.connection().call("name", json!({})).await.unwrap();
    let purged = login.connection().call("purge", json!({ "days": 1 })).await;
    (name.text(), purged.is_ok())
}

#[tokio::test]
async fn each_tells_who_it_is_and_vouches_for_an_address() {
    let all = [
        provider::google(),
        provider::github(),
        provider::azure("common"),
        provider::azure("7e57ab1e-0000-4000-8000-000000000000"),
        provider::custom("https://id.example.com/a", "https://id.example.com/t"),
        provider::oidc("https://id.example.com"),
        provider::dev(),
    ];
    for provider in all {
        let name = provider.name.clone();
        for (mail, is_admin) in [("ada@ops.example.com", true), ("ada@example.com", false)] {
            let caller = Caller::new("7").email(mail);
            let (subject, purged) = logged_in(provider.clone(), caller).await;
            assert_eq!(purged, is_admin, "{name}: {mail}");
            match &*name {
                "azure" => assert!(subject.starts_with("7e57ab1e-"), "{subject}"),
                _ => assert_eq!(subject, "7", "{name}"),
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_nobody_vouches_for_is_none() {
    for provider in [
        provider::google(),
        provider::github(),
        provider::azure("common"),
    ] {
        let name = provider.name.clone();
        let mail = Caller::new("7").email("ada@ops.example.com");
        let unverified = mail.claim("email_verified", false);
        let (_, purged) = logged_in(provider, unverified).await;
        assert!(!purged, "{name}");
    }
}

#[tokio::test]
#[should_panic(expected = "this provider tells no roles")]
async fn roles_that_a_provider_cannot_tell_are_no_login() {
    let server = notes().into_server().provider(provider::github());
    let server = TestServer::start(server).await;
    let _ = server.log_in(Caller::new("7").role("admin")).await;
}
