//! A server described, to the letter.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "items own their arguments, and may fail"
)]

use axum::routing::get;
use fastmcp::auth::Rule;
use fastmcp::prelude::*;
use fastmcp::server::Server;

/// Delete every note older than `days`.
///
/// They do not come back.
#[tool(roles = ["admin"], scopes = ["notes:write"], destructive)]
fn purge(days: u32) -> String {
    days.to_string()
}

/// Add two numbers.
#[tool(public, read_only)]
fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// One note of a person.
#[resource(uri = "notes://{owner}/{id}", access = role("admin") || (role("member") && mine))]
fn note(owner: String, id: u32) -> String {
    format!("{owner} {id}")
}

fn mine(user: &AuthSession) -> bool {
    user.subject() == "ada"
}

/// Ask for a review.
#[prompt]
fn review(diff: String) -> String {
    diff
}

/// Notes for a small team.
#[server(auth = github, roles = ["admin", "member"], refresh_grace = "1m")]
struct Notes;

fn notes() -> Server {
    Notes
        .into_server()
        .base_url("https://notes.example.com/app")
        .store("redis://:canary@cache.example.com")
        .secret("a canary of a secret, long enough")
        .upstream_client_id("the-client")
        .upstream_client_secret("a canary of the provider")
        .mount("team", fastmcp::items!(crate).only(["review"]))
        .route("/export", Rule::Scope("notes:export"), get(|| async {}))
}

#[test]
fn as_text_it_is_for_people() {
    let manifest = notes().manifest().unwrap();
    insta::assert_snapshot!(manifest.to_string());
}

#[test]
fn as_json_it_has_the_schemas() {
    let manifest = notes().manifest().unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&manifest.to_json()).unwrap();
    // Its settings are a table of their own.
    json.as_object_mut().unwrap().remove("settings");
    // Lines move.
    for list in ["tools", "resource_templates", "prompts"] {
        for item in json[list].as_array_mut().unwrap() {
            let location = item["location"].as_str().unwrap();
            assert!(location.starts_with("fastmcp/tests/manifest/main.rs:"));
            item.as_object_mut().unwrap().remove("location");
        }
    }
    insta::assert_json_snapshot!(json);
}

#[test]
fn no_secret_is_in_it() {
    let manifest = notes().manifest().unwrap();
    for text in [
        manifest.to_string(),
        manifest.to_json(),
        format!("{manifest:?}"),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
    let setting = |name| {
        let mut settings = manifest.settings.iter();
        let found = settings.find(|setting| setting.name == name).unwrap();
        (found.value.as_str(), found.default)
    };
    assert_eq!(setting("secret"), ("set", false));
    assert_eq!(setting("store"), ("redis://…", false));
    assert_eq!(setting("upstream_client_id"), ("the-client", false));
    assert_eq!(setting("refresh_grace"), ("1m", false));
    assert_eq!(setting("drain_timeout"), ("30s", true));
}

#[test]
fn a_server_that_cannot_start_is_not_described() {
    let error = notes().base_url("http://notes.example.com").manifest();
    assert_eq!(error.unwrap_err().problems()[0].code(), "FM0302");
}
