//! A provider that looks like each of those that are known by name.

use fastmcp::provider::{self, Provider};
use fastmcp::testing::{Caller, TestServer};
use serde_json::json;

use crate::notes;

/// The tenant of everybody at the fake Entra.
pub(crate) const TENANT: &str = "7e57ab1e-0000-4000-8000-000000000000";

/// One of each.
pub(crate) fn all() -> Vec<Provider> {
    vec![
        provider::google(),
        provider::github(),
        provider::github_enterprise("github.example.com"),
        provider::azure("common"),
        provider::azure("organizations"),
        provider::azure(TENANT),
        provider::okta("acme.okta.com", "default"),
        provider::okta("acme.okta.com", "org"),
        provider::auth0("acme.eu.auth0.com"),
        provider::gitlab("gitlab.com"),
        provider::keycloak("https://id.example.com", "staff"),
        provider::cognito("eu-west-1_AbCdEfGhI"),
        provider::workos("acme.authkit.app"),
        provider::slack(),
        provider::discord(),
        provider::atlassian(),
        provider::custom("https://id.example.com/a", "https://id.example.com/t"),
        provider::oidc("https://id.example.com"),
        provider::dev(),
    ]
}

async fn logged_in(provider: Provider, caller: Caller) -> (String, bool) {
    let server = TestServer::start(notes().into_server().provider(provider)).await;
    let login = server.log_in(caller).await.unwrap();
    let name = login.connection().call("name", json!({})).await.unwrap();
    let purged = login.connection().call("purge", json!({ "days": 1 })).await;
    (name.text(), purged.is_ok())
}

#[tokio::test]
async fn each_tells_who_it_is_and_vouches_for_an_address() {
    for provider in all() {
        let name = provider.name.clone();
        for (mail, is_admin) in [("ada@ops.example.com", true), ("ada@example.com", false)] {
            let caller = Caller::new("7").email(mail);
            let (subject, purged) = logged_in(provider.clone(), caller).await;
            // Atlassian does not say, but the fake does, and what is said is read.
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
    for provider in all() {
        // Whoever signs in at `dev` says so himself.
        if provider.is_development() {
            continue;
        }
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
