//! The standing stream of a session, up to 2025-11-25.

use serde_json::{Value, json};

use crate::listening::world;

const NOW: &str = "2025-11-25";

#[tokio::test(start_paused = true)]
async fn a_session_hears_what_its_user_may_see() {
    let world = world();
    let (ada, bob) = (
        world.session("ada", NOW).await,
        world.session("bob", NOW).await,
    );
    let mut hers = world.listen("ada", &ada, None).await;
    let mut his = world.listen("bob", &bob, None).await;
    for stream in [&mut hers, &mut his] {
        assert_eq!(stream.status, 200);
        let first = stream.next().await;
        assert!(first.data.is_empty() && first.id.is_some() && first.retry.is_some());
    }
    world.control.disable_tool("purge").unwrap();
    let expected = json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" });
    assert_eq!(hers.next().await.json(), expected);
    assert!(his.is_silent().await);
    world.control.tools_changed();
    assert_eq!(his.next().await.json(), expected);
}

#[tokio::test(start_paused = true)]
async fn news_of_before_the_stream_is_told_once() {
    let world = world();
    let session = world.session("ada", "2025-06-18").await;
    for _ in 0..100 {
        world.control.tools_changed();
    }
    let mut stream = world.listen("ada", &session, None).await;
    let event = stream.next().await;
    // A client of this revision would read an event without data as a message.
    assert_eq!(event.method(), "notifications/tools/list_changed");
    assert!(stream.is_silent().await);
    // What got lost on its way is told again to who comes back with the id before it.
    drop(stream);
    let mut again = world.listen("ada", &session, Some("0-0")).await;
    assert_eq!(again.next().await, event);
    drop(again);
    let mut after = world.listen("ada", &session, event.id.as_deref()).await;
    assert!(after.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn of_two_connections_the_later_one_hears() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let mut first = world.listen("ada", &session, None).await;
    first.next().await;
    let mut second = world.listen("ada", &session, None).await;
    second.next().await;
    world.control.tools_changed();
    assert_eq!(
        second.next().await.method(),
        "notifications/tools/list_changed"
    );
    assert!(first.event().await.is_none());
    assert!(second.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn a_standing_stream_ends_with_token_session_and_server() {
    let world = world();
    for end in ["token", "session", "server"] {
        world.tokens.give("ada", &["admin"]);
        let session = world.session("ada", NOW).await;
        let mut stream = world.listen("ada", &session, None).await;
        stream.next().await;
        match end {
            "token" => {
                world.tokens.end("ada");
                world.control.tools_changed();
            }
            "session" => {
                let session = [("mcp-session-id", &*session)];
                let answer = world.send("DELETE", "ada", &session, "").await;
                assert_eq!(answer.status, 204);
            }
            _ => world.endpoint.drain(),
        }
        assert!(stream.event().await.is_none(), "{end}");
    }
}

#[tokio::test]
async fn a_session_says_how_much_it_wants_to_hear() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let set = |level: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": "logging/setLevel", "params": { "level": level } });
    let answer = world
        .ask("ada", &session, set("debug".into()))
        .await
        .rest()
        .await;
    assert_eq!(answer, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
    for wrong in [json!("loud"), json!(7)] {
        let answer = world.ask("ada", &session, set(wrong)).await.rest().await;
        assert!(answer.contains("-32602"), "{answer}");
    }
    let answer = world
        .send("POST", "ada", &[], &set("debug".into()).to_string())
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_last_event_id_names_a_stream_of_its_own_session() {
    let world = world();
    let session = world.session("ada", NOW).await;
    for wrong in ["", "7", "1-0", "0-1", "a-b", "0-99999999999999999999"] {
        let answer = world.listen("ada", &session, Some(wrong)).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    assert_eq!(world.listen("bob", &session, Some("0-0")).await.status, 404);
    assert_eq!(world.listen("ada", "unknown", None).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_session_watches_resources_that_its_user_may_read() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let ask = |method: &'static str, uri: &'static str| {
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": { "uri": uri } });
        world.ask("ada", &session, message)
    };
    for uri in ["notes://shared", "notes://admin/1"] {
        let answer = ask("resources/subscribe", uri).await.rest().await;
        assert_eq!(answer, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
    }
    let answer = ask("resources/subscribe", "notes://nowhere")
        .await
        .rest()
        .await;
    assert!(answer.contains("-32002"), "{answer}");
    assert_eq!(ask("resources/subscribe", "notes://wide").await.status, 403);
    let long = format!("notes://admin/{}", "x".repeat(8192));
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/subscribe", "params": { "uri": long } });
    let answer = world.ask("ada", &session, message).await.rest().await;
    assert!(answer.contains("-32602"), "{answer}");
    let bob = world.session("bob", NOW).await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/subscribe", "params": { "uri": "notes://admin/1" } });
    assert_eq!(world.ask("bob", &bob, message).await.status, 403);

    let mut stream = world.listen("ada", &session, None).await;
    stream.next().await;
    world.control.resource_updated("notes://admin/1");
    let expected = json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": "notes://admin/1" } });
    assert_eq!(stream.next().await.json(), expected);
    world.tokens.give("ada", &[]);
    world.control.resource_updated("notes://admin/1");
    world.control.resource_updated("notes://shared");
    assert_eq!(
        stream.next().await.json()["params"]["uri"],
        "notes://shared"
    );
    let answer = ask("resources/unsubscribe", "notes://shared")
        .await
        .rest()
        .await;
    assert_eq!(answer, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
    world.control.resource_updated("notes://shared");
    assert!(stream.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn one_caller_has_so_many_standing_streams_and_may_come_back_to_each() {
    let world = world();
    let mut open = Vec::new();
    for _ in 0..16 {
        let session = world.session("ada", NOW).await;
        let stream = world.listen("ada", &session, None).await;
        open.push((session, stream));
    }
    let more = world.session("ada", NOW).await;
    assert_eq!(world.listen("ada", &more, None).await.status, 429);
    let bob = world.session("bob", NOW).await;
    assert_eq!(world.listen("bob", &bob, None).await.status, 200);
    let (first, _half_dead) = &open[0];
    let mut again = world.listen("ada", first, None).await;
    again.next().await;
    world.control.tools_changed();
    assert_eq!(
        again.next().await.method(),
        "notifications/tools/list_changed"
    );
    open.pop();
    assert_eq!(world.listen("ada", &more, None).await.status, 200);
}

#[tokio::test]
async fn sessions_beyond_the_share_of_one_caller_end_their_own_idlest() {
    let world = world();
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let bob = world.session("bob", NOW).await;
    let (first, second) = (
        world.session("ada", NOW).await,
        world.session("ada", NOW).await,
    );
    for _ in 2..64 {
        world.session("ada", NOW).await;
    }
    assert_eq!(world.ask("ada", &first, ping.clone()).await.status, 200);
    world.session("ada", NOW).await;
    assert_eq!(world.ask("ada", &second, ping.clone()).await.status, 404);
    assert_eq!(world.ask("ada", &first, ping.clone()).await.status, 200);
    assert_eq!(world.ask("bob", &bob, ping).await.status, 200);
}
