//! What the user puts around calls.

use std::sync::{Arc, Mutex};

use fastmcp::auth::AuthSession;
use fastmcp::item::{Around, Ended, ItemKind};
use serde_json::{Value, json};

use crate::listening::{World, world_with};

async fn asked(world: &World, token: &str, method: &str, params: Value) -> Value {
    let answer = world.modern(token, method, params).await.rest().await;
    serde_json::from_str(&answer).unwrap()
}

#[tokio::test]
async fn a_hook_sees_what_passed_the_gate() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let hook = Around::new(move |call, next| {
        let log = Arc::clone(&log);
        async move {
            let who = call
                .session()
                .map(AuthSession::subject)
                .unwrap_or_default()
                .to_owned();
            let ended = next.run().await;
            let line = (
                call.kind(),
                call.name(),
                who,
                call.arguments().map(str::to_owned),
            );
            log.lock().unwrap().push(line);
            ended
        }
    });
    let world = world_with(vec![hook]);
    let call = json!({ "name": "open", "arguments": { "a": 1 } });
    assert!(asked(&world, "bob", "tools/call", call).await["result"].is_object());
    let refused = world
        .modern("bob", "tools/call", json!({ "name": "purge" }))
        .await;
    assert_eq!(refused.status, 403);
    let read = json!({ "uri": "notes://admin/7" });
    assert!(asked(&world, "ada", "resources/read", read).await["result"].is_object());
    let expected = [
        (
            ItemKind::Tool,
            "open",
            "bob".to_owned(),
            Some(r#"{"a":1}"#.to_owned()),
        ),
        (
            ItemKind::Resource,
            "notes://admin/{id}",
            "ada".to_owned(),
            Some(r#"{"id":"7"}"#.to_owned()),
        ),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_hook_can_keep_an_answer_and_refuse_a_call() {
    let kept = Arc::new(Mutex::new(None::<Ended>));
    let hook = Around::new(move |call, next| {
        let kept = Arc::clone(&kept);
        async move {
            if call.kind() == ItemKind::Resource {
                // Of another kind of call, so it is no answer to this one.
                return kept
                    .lock()
                    .unwrap()
                    .clone()
                    .unwrap_or_else(|| Ended::failed("not today"));
            }
            let ended = next.run().await;
            *kept.lock().unwrap() = Some(ended.clone());
            ended
        }
    });
    let world = world_with(vec![hook]);
    let read = json!({ "uri": "notes://shared" });
    let refused = asked(&world, "ada", "resources/read", read.clone()).await;
    assert_eq!(refused["error"]["message"], "not today");
    assert_eq!(refused["error"]["data"]["uri"], "notes://shared");
    let call = json!({ "name": "open" });
    let done = asked(&world, "ada", "tools/call", call.clone()).await;
    assert_eq!(done["result"]["content"][0]["text"], "done");
    let masked = asked(&world, "ada", "resources/read", read).await;
    let message = masked["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("internal error (reference "),
        "{message}"
    );
}

#[tokio::test]
async fn a_hook_that_refuses_a_tool_or_panics_is_a_failure_of_the_tool() {
    let hook = Around::new(|call, _| async move {
        assert_ne!(call.name(), "purge", "with a secret");
        Ended::failed("too many calls")
    });
    let world = world_with(vec![hook]);
    let refused = asked(&world, "ada", "tools/call", json!({ "name": "open" })).await;
    assert_eq!(refused["result"]["isError"], true);
    assert_eq!(refused["result"]["content"][0]["text"], "too many calls");
    let masked = asked(&world, "ada", "tools/call", json!({ "name": "purge" })).await;
    assert_eq!(masked["result"]["isError"], true);
    let text = masked["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("internal error (reference "), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_call_inside_of_a_hook_still_streams() {
    let pass = Around::new(|_, next| async move { next.run().await });
    let world = world_with(vec![pass.clone(), pass]);
    let call = json!({ "name": "long", "_meta": { "progressToken": "t" } });
    let mut stream = world.modern("ada", "tools/call", call).await;
    assert_eq!(stream.next().await.json()["params"]["progress"], 0.5);
    world.state.go_on.notify_one();
    assert_eq!(stream.next().await.json()["params"]["progress"], 1);
    assert!(stream.next().await.json()["result"].is_object());
}
