//! The published MCP clients, with nothing but their own OAuth machinery, against
//! `custom_provider` and a provider that runs as its own process.

use serde_json::json;
use tests::database::Engine;
use tests::node::{self, Steps};
use tests::world::{Kind, World};

/// Script and the protocol revision that its client ends up with.
const CLIENTS: [(&str, &str); 2] = [("modern.mjs", "2026-07-28"), ("legacy.mjs", "2025-11-25")];

fn assert_whole_session(steps: &Steps, version: &str, hint: &[String]) {
    assert_eq!(steps.step("connected")["version"], version, "{steps:#?}");
    let names = &steps.step("tools")["names"];
    for tool in ["echo", "whoami", "upstream_token_hint", "write_note"] {
        assert!(
            names
                .as_array()
                .is_some_and(|names| names.contains(&json!(tool))),
            "{names}"
        );
    }
    assert!(
        !names
            .as_array()
            .is_some_and(|names| names.contains(&json!("admin_only"))),
        "{names}"
    );
    assert_eq!(steps.named("call", "echo")["text"], "hello");
    let note = &steps.named("call", "write_note")["text"];
    assert!(
        note.as_str()
            .is_some_and(|text| text.ends_with("is written")),
        "{note}"
    );
    let whoami = steps.named("call", "whoami")["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(whoami.contains("alice"), "{whoami}");
    let shown = steps.named("call", "upstream_token_hint")["text"]
        .as_str()
        .unwrap_or_default();
    assert!(
        hint.iter()
            .any(|token| shown.len() == 4 && token.starts_with(shown)),
        "{shown}"
    );
    let refresh = steps.step("refresh");
    assert_eq!(refresh["saves"], 1, "{refresh}");
    assert_eq!(
        (&refresh["rotated"], &refresh["renewed"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(steps.step("refused")["error"], true);
}

#[tokio::test]
async fn published_clients_register_log_in_list_call_and_refresh() {
    if node::is_missing(&[]) {
        return;
    }
    for (script, version) in CLIENTS {
        for method in ["none", "client_secret_post", "client_secret_basic"] {
            let world = World::start(Kind::Memory).await;
            let steps = node::run(script, &[&world.server.mcp()], &[("AUTH_METHOD", method)]).await;
            assert_eq!(steps.step("register")["method"], method, "{script}");
            steps.step("login");
            assert_whole_session(&steps, version, &world.idp.issued().await);
        }
    }
}

#[tokio::test]
async fn published_clients_go_on_after_kill_and_restart() {
    if node::is_missing(&[]) {
        return;
    }
    for (script, version) in CLIENTS {
        let mut world = World::start(Kind::Disk).await;
        let state = world.directory.path().join("client.json");
        let state = state.to_str().expect("a path of text").to_owned();
        let url = world.server.mcp();
        node::run(script, &[&url, &state], &[]).await.step("login");
        world.server.restart().await;
        let steps = node::run(script, &[&url, &state], &[]).await;
        assert!(
            steps.find("login").is_none() && steps.find("register").is_none(),
            "{steps:#?}"
        );
        assert_whole_session(&steps, version, &world.idp.issued().await);
    }
}

fn assert_asked_and_answered(steps: &Steps, version: &str) {
    assert_eq!(steps.step("connected")["version"], version, "{steps:#?}");
    let form = steps.step("form");
    assert_eq!(form["fields"], json!(["guests", "outside"]));
    assert_eq!(steps.step("model")["tokens"], 60);
    for day in ["Monday", "Tuesday"] {
        let call = steps.named("call", day);
        let what = format!("{day}, 4 guests, outside: Some(true), card: Welcome!, booked: true");
        assert_eq!(
            (&call["text"], &call["error"]),
            (&json!(what), &json!(false))
        );
    }
    // Nothing is asked twice.
    assert_eq!(
        (steps.count("form"), steps.count("model")),
        (4, 2),
        "{steps:#?}"
    );
}

#[tokio::test]
async fn published_clients_answer_what_a_tool_asks() {
    if node::is_missing(&[]) {
        return;
    }
    for (script, version) in [
        ("ask-modern.mjs", "2026-07-28"),
        ("ask-legacy.mjs", "2025-11-25"),
    ] {
        let world = World::start_example("ask", Kind::Memory).await;
        let steps = node::run(script, &[&world.server.mcp()], &[]).await;
        assert_asked_and_answered(&steps, version);
    }
}

#[tokio::test]
async fn each_round_of_questions_may_be_at_another_node() {
    if node::is_missing(&[]) {
        return;
    }
    for engine in [Engine::Redis, Engine::Postgres] {
        if !engine.is_there() {
            continue;
        }
        let world = World::start_example("ask", Kind::Two(engine)).await;
        let steps = node::run("ask-modern.mjs", &[&world.server.mcp()], &[]).await;
        assert_asked_and_answered(&steps, "2026-07-28");
    }
}
