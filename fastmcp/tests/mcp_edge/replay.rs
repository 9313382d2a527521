//! Calls that outlive their connections, up to 2025-11-25.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::listening::{Stream, World, world};

/// How often the token of a call is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How long a look counts for what is told.
const FRESH: Duration = Duration::from_secs(1);

const NOW: &str = "2025-11-25";

fn call(arguments: &Value) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 5, "method": "tools/call",
        "params": { "name": "long", "arguments": arguments, "_meta": { "progressToken": "t" } }
    })
}

/// A call that has told of its beginning, and the id of that event.
async fn begun(world: &World, session: &str, arguments: Value) -> (Stream, String) {
    let mut stream = world.ask("ada", session, call(&arguments)).await;
    let first = stream.next().await;
    assert!(first.data.is_empty() && first.retry.is_some(), "{first:?}");
    let event = stream.next().await;
    assert_eq!(event.json()["params"]["progress"], 0.5);
    (stream, event.id.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_call_goes_on_without_its_connection() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let (stream, id) = begun(&world, &session, json!({})).await;
    drop(stream);
    world.state.go_on.notify_one();
    world.state.ended.notified().await;
    // Nobody else gets it.
    assert_eq!(world.listen("bob", &session, Some(&id)).await.status, 404);
    let other = world.session("ada", NOW).await;
    assert_eq!(world.listen("ada", &other, Some(&id)).await.status, 400);
    for _ in 0..2 {
        let mut again = world.listen("ada", &session, Some(&id)).await;
        assert!(again.next().await.data.is_empty());
        assert_eq!(again.next().await.json()["params"]["progress"], 1);
        let result = again.next().await;
        assert_eq!(result.json()["result"]["content"][0]["text"], "long done");
        assert!(again.event().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_can_close_its_connection() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let (mut stream, id) = begun(&world, &session, json!({ "close": true })).await;
    assert!(stream.event().await.is_none());
    let mut again = world.listen("ada", &session, Some(&id)).await;
    assert!(again.next().await.data.is_empty());
    assert!(again.is_silent().await);
    world.state.go_on.notify_one();
    assert_eq!(again.next().await.json()["params"]["progress"], 1);
    assert_eq!(again.next().await.json()["id"], 5);
    assert!(again.event().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_call_without_progress_can_close_its_connection_too() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let mut message = call(&json!({ "close": true }));
    message["params"].as_object_mut().unwrap().remove("_meta");
    let mut stream = world.ask("ada", &session, message).await;
    let first = stream.next().await;
    assert!(first.data.is_empty() && first.retry.is_some(), "{first:?}");
    assert!(stream.event().await.is_none());
    world.state.go_on.notify_one();
    let mut again = world.listen("ada", &session, first.id.as_deref()).await;
    assert!(again.next().await.data.is_empty());
    assert_eq!(
        again.next().await.json()["result"]["content"][0]["text"],
        "long done"
    );
}

#[tokio::test(start_paused = true)]
async fn where_nobody_could_come_back_no_connection_is_closed() {
    let world = world();
    let old = world.session("ada", "2025-06-18").await;
    let mut streams = vec![
        world
            .ask("ada", &old, call(&json!({ "close": true })))
            .await,
        world
            .send(
                "POST",
                "ada",
                &[],
                &call(&json!({ "close": true })).to_string(),
            )
            .await,
    ];
    let modern = json!({ "name": "long", "arguments": { "close": true }, "_meta": { "progressToken": "t" } });
    streams.push(world.modern("ada", "tools/call", modern).await);
    for mut stream in streams {
        assert_eq!(stream.next().await.json()["params"]["progress"], 0.5);
        assert!(stream.is_silent().await);
        world.state.go_on.notify_one();
        assert_eq!(stream.next().await.json()["params"]["progress"], 1);
        assert!(stream.next().await.json()["result"].is_object());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_when_it_is_cancelled_or_its_session_ends_or_nobody_comes_back() {
    let world = world();
    for end in ["cancel", "delete", "wait"] {
        let session = world.session("ada", NOW).await;
        let (stream, id) = begun(&world, &session, json!({})).await;
        drop(stream);
        match end {
            "cancel" => {
                let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 5 } });
                assert_eq!(world.ask("ada", &session, cancel).await.status, 202);
            }
            "delete" => {
                let session = [("mcp-session-id", &*session)];
                world.send("DELETE", "ada", &session, "").await;
            }
            _ => {}
        }
        let begun = tokio::time::Instant::now();
        world.state.ended.notified().await;
        let seconds = if end == "wait" { 300 } else { 0 };
        assert_eq!(begun.elapsed().as_secs(), seconds, "{end}");
        if end == "cancel" {
            let again = world.listen("ada", &session, Some(&id)).await.rest().await;
            assert!(!again.contains("result"), "{again}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_cancels_a_call_too() {
    let world = world();
    let session = world.session("ada", "2025-03-26").await;
    let mut call = world.ask("ada", &session, call(&json!({}))).await;
    assert_eq!(call.next().await.json()["params"]["progress"], 0.5);
    let batch = json!([
        { "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 5 } },
        { "jsonrpc": "2.0", "id": 6, "method": "ping" },
    ]);
    let answer = world.ask("ada", &session, batch).await.rest().await;
    assert_eq!(answer, r#"[{"jsonrpc":"2.0","id":6,"result":{}}]"#);
    assert!(!call.rest().await.contains("result"));
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_with_its_token_if_that_is_taken_back() {
    let world = world();
    for modern in [true, false] {
        world.tokens.give("ada", &[]);
        let mut stream = if modern {
            let params = json!({ "name": "long", "_meta": { "progressToken": "t" } });
            let mut stream = world.modern("ada", "tools/call", params).await;
            assert_eq!(stream.next().await.json()["params"]["progress"], 0.5);
            stream
        } else {
            let session = world.session("ada", NOW).await;
            begun(&world, &session, json!({})).await.0
        };
        assert!(stream.is_silent().await);
        world.tokens.end("ada");
        let ended = Instant::now();
        assert!(!stream.rest().await.contains("result"));
        world.state.ended.notified().await;
        assert!(ended.elapsed() <= LOOK, "{:?}", ended.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_taken_back_is_told_nothing_more() {
    let world = world();
    for modern in [true, false] {
        world.tokens.give("ada", &[]);
        let mut stream = if modern {
            let params = json!({ "name": "long", "_meta": { "progressToken": "t" } });
            world.modern("ada", "tools/call", params).await
        } else {
            let session = world.session("ada", NOW).await;
            begun(&world, &session, json!({})).await.0
        };
        if modern {
            assert_eq!(stream.next().await.json()["params"]["progress"], 0.5);
        }
        world.tokens.end("ada");
        tokio::time::sleep(FRESH).await;
        world.state.go_on.notify_one();
        let rest = stream.rest().await;
        assert!(
            !rest.contains("going on") && !rest.contains("result"),
            "{rest}"
        );
        world.state.ended.notified().await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_an_answer_with_a_token_that_is_taken_back_is_refused() {
    let world = world();
    // One can be ended on its way, the other is not told what it comes to.
    for (tool, at_most) in [("long", LOOK), ("slow", FRESH * 2)] {
        world.tokens.give("ada", &[]);
        let begun = Instant::now();
        let take_back = async {
            tokio::time::sleep(FRESH / 10).await;
            world.tokens.end("ada");
        };
        let call = world.modern("ada", "tools/call", json!({ "name": tool }));
        let (answer, ()) = tokio::join!(call, take_back);
        assert_eq!(answer.status, 401, "{tool}");
        assert!(answer.header("www-authenticate").contains("invalid_token"));
        assert!(begun.elapsed() <= at_most, "{tool}: {:?}", begun.elapsed());
        assert!(!answer.rest().await.contains("done"));
    }
    world.state.ended.notified().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_outlives_an_outage_of_who_knows_its_token() {
    let world = world();
    let params = json!({ "name": "long", "_meta": { "progressToken": "t" } });
    let mut stream = world.modern("ada", "tools/call", params).await;
    stream.next().await;
    world.tokens.give("ada", &["away"]);
    for _ in 0..5 {
        assert!(stream.is_silent().await);
    }
    world.state.go_on.notify_one();
    assert!(stream.rest().await.contains("long done"));
}

#[tokio::test(start_paused = true)]
async fn a_call_outlives_a_token_whose_time_is_over() {
    let world = world();
    world.tokens.give("ada", &["past"]);
    let session = world.session("ada", NOW).await;
    let (mut stream, _) = begun(&world, &session, json!({})).await;
    world.tokens.end("ada");
    for _ in 0..20 {
        assert!(stream.is_silent().await);
    }
    world.state.go_on.notify_one();
    assert!(stream.rest().await.contains("long done"));
}

#[tokio::test(start_paused = true)]
async fn an_open_stream_of_a_call_is_use_of_its_session() {
    let world = world();
    let session = world.session("ada", NOW).await;
    let (mut stream, _) = begun(&world, &session, json!({})).await;
    let idle = world.session("ada", NOW).await;
    for _ in 2..64 {
        world.session("ada", NOW).await;
    }
    for _ in 0..6 {
        assert!(stream.is_silent().await);
    }
    world.session("ada", NOW).await;
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    assert_eq!(world.ask("ada", &idle, ping.clone()).await.status, 404);
    assert_eq!(world.ask("ada", &session, ping).await.status, 200);
    world.state.go_on.notify_one();
    assert!(stream.rest().await.contains("long done"));
}
