//! `subscriptions/listen` of 2026-07-28.

use serde_json::{Value, json};

use crate::listening::{Stream, World, world};

const ID: &str = "io.modelcontextprotocol/subscriptionId";

async fn listen(world: &World, token: &str) -> Stream {
    let asked =
        json!({ "notifications": { "toolsListChanged": true, "promptsListChanged": true } });
    let mut stream = world.modern(token, "subscriptions/listen", asked).await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.header("content-type"), "text/event-stream");
    assert_eq!(stream.header("x-accel-buffering"), "no");
    let first = stream.next().await.json();
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    assert_eq!(first["params"]["_meta"][ID], "s1");
    // What is not served is not honoured.
    assert_eq!(
        first["params"]["notifications"],
        json!({ "toolsListChanged": true })
    );
    stream
}

fn is_closing(value: &Value) -> bool {
    value["id"] == "s1"
        && value["result"]["resultType"] == "complete"
        && value["result"]["_meta"][ID] == "s1"
}

#[tokio::test(start_paused = true)]
async fn a_change_is_heard_by_those_who_asked() {
    let world = world();
    let mut tools = listen(&world, "ada").await;
    let asked = json!({ "notifications": { "promptsListChanged": true } });
    let mut prompts = world.modern("ada", "subscriptions/listen", asked).await;
    let first = prompts.next().await.json();
    assert_eq!(first["params"]["notifications"], json!({}));
    world.control.tools_changed();
    let heard = tools.next().await.json();
    assert_eq!(heard["method"], "notifications/tools/list_changed");
    assert_eq!(heard["params"]["_meta"][ID], "s1");
    assert!(prompts.is_silent().await && tools.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_is_turned_off_is_gone_at_once_and_only_its_callers_hear_of_it() {
    let world = world();
    let (mut ada, mut bob) = (listen(&world, "ada").await, listen(&world, "bob").await);
    assert_eq!(
        world.tools("ada").await,
        ["long", "open", "purge", "slow", "switch"]
    );
    let switched = world
        .modern("bob", "tools/call", json!({ "name": "switch" }))
        .await;
    assert!(switched.rest().await.contains("switched"));
    assert_eq!(world.tools("ada").await, ["long", "open", "slow", "switch"]);
    let call = world
        .modern("ada", "tools/call", json!({ "name": "purge" }))
        .await;
    let answer: Value = serde_json::from_str(&call.rest().await).unwrap();
    assert_eq!(answer["error"]["code"], -32602);
    assert_eq!(answer["error"]["message"], "unknown tool: purge");
    assert_eq!(
        ada.next().await.method(),
        "notifications/tools/list_changed"
    );
    assert!(bob.is_silent().await);

    world.control.enable_tool("purge").unwrap();
    assert_eq!(
        ada.next().await.method(),
        "notifications/tools/list_changed"
    );
    let call = world
        .modern("ada", "tools/call", json!({ "name": "purge" }))
        .await;
    assert!(call.rest().await.contains("done"));
    assert_eq!(world.tools("bob").await, ["long", "open", "slow", "switch"]);

    world.control.disable_tool("open").unwrap();
    assert_eq!(
        bob.next().await.method(),
        "notifications/tools/list_changed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_token() {
    let world = world();
    // In silence, it is seen within a quarter of a minute.
    let mut ada = listen(&world, "ada").await;
    world.tokens.end("ada");
    let begun = tokio::time::Instant::now();
    assert!(is_closing(&ada.next().await.json()));
    assert!(begun.elapsed() <= std::time::Duration::from_secs(15));
    assert!(ada.event().await.is_none());
    // And at once when there is something to tell, which is not told.
    let mut bob = listen(&world, "bob").await;
    world.tokens.end("bob");
    world.control.tools_changed();
    let begun = tokio::time::Instant::now();
    assert!(is_closing(&bob.next().await.json()));
    assert_eq!(begun.elapsed().as_secs(), 0);
    assert!(bob.event().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_role_that_was_taken_is_taken_from_the_stream_too() {
    let world = world();
    let mut ada = listen(&world, "ada").await;
    world.tokens.give("ada", &[]);
    world.control.disable_tool("purge").unwrap();
    assert!(ada.is_silent().await);
    world.tokens.give("ada", &["admin"]);
    world.control.enable_tool("purge").unwrap();
    assert_eq!(
        ada.next().await.method(),
        "notifications/tools/list_changed"
    );
}

#[tokio::test(start_paused = true)]
async fn news_waits_while_a_token_cannot_be_looked_at() {
    let world = world();
    let mut ada = listen(&world, "ada").await;
    world.tokens.give("ada", &["away"]);
    world.control.tools_changed();
    assert!(ada.is_silent().await);
    world.tokens.give("ada", &["admin"]);
    assert_eq!(
        ada.next().await.method(),
        "notifications/tools/list_changed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_hears_each_change_once() {
    let world = world();
    let mut ada = listen(&world, "ada").await;
    for _ in 0..10_000 {
        world.control.tools_changed();
    }
    assert_eq!(
        ada.next().await.method(),
        "notifications/tools/list_changed"
    );
    assert!(ada.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_closed_when_the_server_stops() {
    let world = world();
    let mut ada = listen(&world, "ada").await;
    world.endpoint.drain();
    assert!(is_closing(&ada.next().await.json()));
    assert!(ada.event().await.is_none());
}

#[tokio::test]
async fn one_caller_has_so_many_streams() {
    let world = world();
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(listen(&world, "ada").await);
    }
    let asked = json!({ "notifications": {} });
    let refused = world
        .modern("ada", "subscriptions/listen", asked.clone())
        .await;
    assert_eq!(refused.status, 429);
    listen(&world, "bob").await;
    streams.pop();
    assert_eq!(
        world
            .modern("ada", "subscriptions/listen", asked)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn what_is_no_subscription_is_refused() {
    let world = world();
    for wrong in [
        json!({}),
        json!({ "notifications": [] }),
        json!({ "notifications": { "toolsListChanged": 1 } }),
        json!({ "notifications": { "resourceSubscriptions": [format!("notes://admin/{}", "x".repeat(8192))] } }),
    ] {
        let answer = world
            .modern("ada", "subscriptions/listen", wrong)
            .await
            .rest()
            .await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["error"]["code"], -32602);
    }
    let legacy = json!({ "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": { "notifications": {} } });
    let answer = world
        .send("POST", "ada", &[], &legacy.to_string())
        .await
        .rest()
        .await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["error"]["code"], -32601);
    let answer = world.send("POST", "eve", &[], "{}").await;
    assert_eq!(answer.status, 401);
}

/// Subscribes to these resources; the stream, and those that were honoured.
async fn watch(world: &World, token: &str, uris: &[&str]) -> (Stream, Value) {
    let asked = json!({ "notifications": { "resourceSubscriptions": uris } });
    let mut stream = world.modern(token, "subscriptions/listen", asked).await;
    let first = stream.next().await.json();
    let honoured = &first["params"]["notifications"]["resourceSubscriptions"];
    (stream, honoured.clone())
}

#[tokio::test(start_paused = true)]
async fn an_update_reaches_those_who_may_read_the_resource() {
    let world = world();
    let all = ["notes://shared", "notes://admin/1", "notes://nowhere"];
    let (mut ada, honoured) = watch(&world, "ada", &all).await;
    assert_eq!(honoured, json!(["notes://shared", "notes://admin/1"]));
    let (mut bob, honoured) = watch(&world, "bob", &all).await;
    assert_eq!(honoured, json!(["notes://shared"]));
    for uri in ["notes://admin/2", "notes://admin/1", "notes://nowhere"] {
        world.control.resource_updated(uri);
    }
    let heard = ada.next().await.json();
    assert_eq!(heard["method"], "notifications/resources/updated");
    assert_eq!(heard["params"]["uri"], "notes://admin/1");
    assert_eq!(heard["params"]["_meta"][ID], "s1");
    assert!(ada.is_silent().await && bob.is_silent().await);
    world.control.resource_updated("notes://shared");
    for stream in [&mut ada, &mut bob] {
        assert_eq!(
            stream.next().await.json()["params"]["uri"],
            "notes://shared"
        );
    }
    // The right to read is asked for again.
    world.tokens.give("ada", &[]);
    world.control.resource_updated("notes://admin/1");
    assert!(ada.is_silent().await);
    // A resource that is turned off has no news.
    world.control.disable_resource("notes://shared").unwrap();
    world.control.resource_updated("notes://shared");
    assert!(bob.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_updates_is_one_of_each() {
    let world = world();
    let (mut ada, _) = watch(&world, "ada", &["notes://shared", "notes://admin/1"]).await;
    for _ in 0..10_000 {
        world.control.resource_updated("notes://admin/1");
        world.control.resource_updated("notes://shared");
    }
    for uri in ["notes://admin/1", "notes://shared"] {
        assert_eq!(ada.next().await.json()["params"]["uri"], uri);
    }
    assert!(ada.is_silent().await);
}

#[tokio::test]
async fn what_a_wider_token_would_open_is_a_challenge() {
    let world = world();
    let asked =
        json!({ "notifications": { "resourceSubscriptions": ["notes://shared", "notes://wide"] } });
    let refused = world.modern("ada", "subscriptions/listen", asked).await;
    assert_eq!(refused.status, 403);
    let challenge = refused.header("www-authenticate");
    assert!(
        challenge.contains("insufficient_scope") && challenge.contains("wide"),
        "{challenge}"
    );
}

#[tokio::test]
async fn a_resource_that_is_turned_off_cannot_be_read() {
    let world = world();
    let read = |uri: &'static str| {
        let world = &world;
        async move {
            let answer = world
                .modern("ada", "resources/read", json!({ "uri": uri }))
                .await;
            serde_json::from_str::<Value>(&answer.rest().await).unwrap()
        }
    };
    assert!(read("notes://admin/1").await["result"].is_object());
    world
        .control
        .disable_resource("notes://admin/{id}")
        .unwrap();
    assert_eq!(read("notes://admin/1").await["error"]["code"], -32602);
    assert!(read("notes://shared").await["result"].is_object());
    let list = world
        .modern("ada", "resources/templates/list", json!({}))
        .await;
    assert!(list.rest().await.contains(r#""resourceTemplates":[]"#));
}
