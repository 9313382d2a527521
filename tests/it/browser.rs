//! A person with Chromium on the quickstart: no account anywhere, a role ticked or not.
//!
//! Pictures of every page are kept in `artefacts/` of the workspace.

use std::path::Path;

use axum::Router;
use serde_json::{Value, json};
use tests::client::{Client, Tokens};
use tests::node::{self, Steps};
use tests::server::{Server, Storage};
use tokio::net::TcpListener;
use url::Url;

use crate::local::Running;

fn names(step: &Value) -> Vec<&str> {
    let names = step["names"].as_array().expect("names");
    names.iter().filter_map(Value::as_str).collect()
}

async fn sign_in(server: &Server, user: &str, roles: &[&str]) -> Option<Steps> {
    if node::is_missing(&["chromium"]) {
        return None;
    }
    let artefacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artefacts");
    let folder = artefacts.to_string_lossy().into_owned();
    let url = server.mcp();
    let arguments = [&[url.as_str(), &folder, user], roles].concat();
    Some(node::run("browser.mjs", &arguments, &[]).await)
}

#[tokio::test]
async fn a_person_signs_in_on_the_quickstart() {
    let server = Server::start("quickstart", &Storage::Memory, Vec::new()).await;
    let Some(admin) = sign_in(&server, "ada", &["admin"]).await else {
        return;
    };
    let open = admin.step("open");
    assert_eq!(open["status"], 200, "{open}");
    assert!(
        open["text"]
            .as_str()
            .is_some_and(|text| text.contains("\"3\"")),
        "{open}"
    );
    assert_eq!(names(admin.step("tools")), ["add", "hello", "reset"]);
    assert_eq!(admin.named("call", "hello")["text"], "Hello, ada!");
    assert_eq!(
        admin.named("call", "reset")["text"],
        "Everything is forgotten."
    );
    for name in ["consent", "sign-in", "problem"] {
        let page = admin.named("page", name);
        assert!(
            page["width"].as_u64().is_some_and(|width| width <= 320),
            "too wide: {page}"
        );
        let facts = json!([
            page["themed"],
            page["scripts"],
            page["headings"],
            page["unlabelled"]
        ]);
        assert_eq!(facts, json!([true, 0, 1, 0]), "{page}");
        assert_eq!(page["language"], "en", "{page}");
    }
    assert_eq!(
        admin.step("console")["complaints"],
        json!([]),
        "Chromium complains"
    );

    let Some(other) = sign_in(&server, "bob", &[]).await else {
        return;
    };
    assert_eq!(names(other.step("tools")), ["add", "hello"]);
    assert_eq!(other.named("call", "hello")["text"], "Hello, bob!");
    assert_eq!(other.named("call", "reset")["failed"], true);
}

/// A page on this machine, at the address that is given.
async fn on_this_machine() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let page = Router::new().fallback(async || "You may close this window.");
    tokio::spawn(async move { axum::serve(listener, page).await });
    format!("http://{address}/callback")
}

/// Chromium holds every hop after a form against the `form-action` of the page with the form.
#[tokio::test]
async fn the_last_hop_may_be_this_machine_an_app_or_a_hop_further() {
    if node::is_missing(&["chromium"]) {
        return;
    }
    let certified = rcgen::generate_simple_self_signed(["editor.test".to_owned()]);
    let certified = certified.expect("a certificate");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (key, certificate) = (folder.path().join("key"), folder.path().join("certificate"));
    std::fs::write(&key, certified.signing_key.serialize_der()).expect("a key");
    std::fs::write(&certificate, certified.cert.der()).expect("a certificate");
    let (key, certificate) = (key.to_string_lossy(), certificate.to_string_lossy());
    let patterns = [
        "http://127.0.0.1:*",
        "cursor://app/*",
        "https://editor.test/*",
    ];
    let running = Running::start(|server| server.allowed_redirect_uri_patterns(patterns)).await;
    let machine = on_this_machine().await;
    for (redirect, end) in [
        (machine.as_str(), machine.as_str()),
        ("cursor://app/callback", "cursor://app/callback"),
        (
            "https://editor.test/callback",
            "cursor://editor.test/callback",
        ),
    ] {
        let metadata = json!({
            "redirect_uris": [redirect], "token_endpoint_auth_method": "none",
        });
        let discovered = running.client.discovered.clone();
        let client = Client::register_as(discovered, &metadata).await;
        let attempt = client.begin_with(&[("redirect_uri", redirect)]);
        let arguments = [attempt.url.as_str(), end, &key, &certificate];
        let steps = node::run("hops.mjs", &arguments, &[]).await;
        let complaints = &steps.step("console")["complaints"];
        assert_eq!(
            *complaints,
            json!([]),
            "Chromium complains on its way to {end}"
        );
        let hops = steps.step("hops")["hops"].as_array().expect("hops");
        let last = hops.last().and_then(Value::as_str).expect("a last hop");
        assert!(hops.len() >= 4, "not in one go: {hops:?}");
        let called = Url::parse(last).expect("a URL");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &client.code(&attempt, &called)),
            ("code_verifier", &attempt.verifier),
            ("redirect_uri", redirect),
        ];
        Tokens::read(&client.token(&form).await);
    }
}
