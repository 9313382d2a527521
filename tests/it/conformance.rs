//! The official conformance suite: everything that a revision requires of a server, on
//! `examples/src/everything`, and of an authorization server, on one with a login.
//!
//! Nothing is excused: no failure and no warning in what is required. Each scenario is printed with
//! its result.

use std::io::Write as _;

use serde_json::json;
use tests::browser::Browser;
use tests::client::Client;
use tests::conformance::{Results, is_missing, run};
use tests::http::Http;
use tests::proxy::Proxy;
use tests::server::{Server, Storage};
use tests::world::{Kind, World};

async fn server_passes(revision: &str, at_least: usize) {
    if is_missing() {
        return;
    }
    let server = Server::start("everything", &Storage::Memory, Vec::new()).await;
    let proxy = Proxy::before(server.port()).await;
    let url = proxy.at("/mcp");
    let arguments = ["server", "--url", &url, "--requirements", revision];
    let results = run(&arguments, async |_| {}).await;
    tell(revision, &results);
    let wrong = results.wrong();
    assert!(wrong.is_empty(), "{revision}:\n{}", wrong.join("\n"));
    assert!(results.passed() >= at_least, "{revision}: {results}");
}

#[tokio::test]
async fn everything_of_2026_07_28_is_served() {
    server_passes("2026-07-28", 185).await;
}

#[tokio::test]
async fn everything_of_2025_11_25_is_served() {
    server_passes("2025-11-25", 75).await;
}

#[tokio::test]
async fn a_login_conforms() {
    if is_missing() {
        return;
    }
    let world = World::start(Kind::Memory).await;
    let port = crate::support::free_port();
    let callback = format!("http://127.0.0.1:{port}/callback");
    let metadata = json!({
        "redirect_uris": [callback], "token_endpoint_auth_method": "none",
    });
    let client = Client::register_as(world.client.discovered.clone(), &metadata).await;
    let arguments = [
        "authorization",
        "--url",
        world.server.base(),
        "--client-id",
        &client.id,
        "--resource",
        &world.server.mcp(),
        "--port",
        &port.to_string(),
    ];
    let results = run(&arguments, async |url| {
        let to = Browser::new().agree(url, &callback, |_| {}).await;
        Http::new().get(to.as_str()).await;
    });
    let results = results.await;
    tell("authorization", &results);
    let wrong = results.wrong();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(results.has("authorization-code-grant"), "{results}");
}

fn tell(what: &str, results: &Results) {
    let _ = writeln!(std::io::stderr(), "conformance, {what}:\n{results}");
}
