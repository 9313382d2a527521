//! A person with Chromium on the quickstart: no account anywhere, a role ticked or not.
//!
//! Pictures of every page are kept in `artefacts/` of the workspace.

use std::path::Path;

use serde_json::{Value, json};
use tests::node::{self, Steps};
use tests::server::{Server, Storage};

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
