//! A call becomes a task: its handle, its states, its end.

use serde_json::{Value, json};

use crate::fixture::{World, last, said, whole};
use crate::task_client::{Client, tasks};
use crate::task_tools::waits;

#[tokio::test]
async fn a_task_is_told_from_its_handle_to_its_result() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let more = json!({ "arguments": { "a": 1, "b": 2 } });
    let (status, answer) = ada.call("task_add", more, tasks()).await;
    assert_eq!(status, 200);
    let handle = answer["result"].as_object().unwrap();
    let members: Vec<_> = handle.keys().map(String::as_str).collect();
    let expected = [
        "resultType",
        "taskId",
        "status",
        "createdAt",
        "lastUpdatedAt",
        "ttlMs",
        "pollIntervalMs",
        "_meta",
    ];
    assert_eq!(members, expected);
    assert_eq!(handle["resultType"], "task");
    assert_eq!(handle["createdAt"], "1970-01-12T13:46:40Z");
    let id = handle["taskId"].as_str().unwrap();
    assert_eq!(id.len(), 43);
    let task = ada.until_is(id, "completed").await;
    // Just what the call itself would have been answered with.
    let (_, plain) = ada
        .call(
            "task_add",
            json!({ "arguments": { "a": 1, "b": 2 } }),
            json!({}),
        )
        .await;
    assert_eq!(task["result"], plain["result"]);
    assert_eq!(task["result"]["structuredContent"]["result"], 3);
    assert!(task["ttlMs"].as_u64().unwrap() >= 3_600_000);
}

#[tokio::test]
async fn a_failed_tool_completes_and_a_failed_request_fails() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_fail", json!({})).await;
    let task = ada.until_is(&id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
    assert_eq!(task["result"]["content"][0]["text"], "no such folder");
    let id = ada.begin("task_add", json!({ "a": "x" })).await;
    let task = ada.until_is(&id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
    let id = ada.begin("task_roots", json!({})).await;
    let task = ada.until_is(&id, "failed").await;
    assert_eq!(task["error"]["code"], -32021);
    assert_eq!(
        task["error"]["data"]["requiredCapabilities"],
        json!({ "roots": {} })
    );
    assert_eq!(task["statusMessage"], task["error"]["message"]);
    assert!(task.get("result").is_none());
    let id = ada.begin("task_large", json!({})).await;
    let task = ada.until_is(&id, "failed").await;
    assert_eq!(task["error"]["code"], -32603);
}

#[tokio::test]
async fn who_cannot_hold_a_task_waits_or_is_told_so() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let more = || json!({ "arguments": { "a": 1, "b": 2 } });
    let (_, answer) = ada.call("task_add", more(), json!({})).await;
    assert_eq!(answer["result"]["resultType"], "complete");
    let (status, answer) = ada.call("task_add_required", more(), json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32021)));
    let needed = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    assert_eq!(answer["error"]["data"]["requiredCapabilities"], needed);
    // Earlier revisions have no such code, and no such client.
    let session = node.session(Some("ada"), tasks()).await;
    let mut events = session
        .call("task_add_required", more()["arguments"].clone())
        .await;
    let answer = events.next().await.unwrap();
    assert_eq!(answer["result"]["isError"], true);
    assert!(
        said(&answer).contains("io.modelcontextprotocol/tasks"),
        "{answer}"
    );
    let mut events = session.call("task_add", more()["arguments"].clone()).await;
    assert_eq!(
        events.next().await.unwrap()["result"]["structuredContent"]["result"],
        3
    );
}

#[tokio::test]
async fn the_methods_are_for_clients_that_declare_the_extension() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_wait", json!({ "run": "methods" })).await;
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let about = (method, "taskId", id.as_str());
        let more = json!({ "inputResponses": {} });
        let response = node.request(Some("ada"), about, more, json!({})).await;
        assert_eq!(response.status(), 400);
        assert_eq!(last(&whole(response).await)["error"]["code"], -32021);
        // The id stands in the header too.
        let response = node
            .request(
                Some("ada"),
                (method, "name", &id),
                json!({ "taskId": "other" }),
                tasks(),
            )
            .await;
        assert_eq!(response.status(), 400);
        assert_eq!(last(&whole(response).await)["error"]["code"], -32020);
    }
    for method in ["tasks/list", "tasks/result", "tasks/other"] {
        let (status, answer) = ada.about(method, &id, json!({})).await;
        assert_eq!((status, &answer["error"]["code"]), (404, &json!(-32601)));
    }
    for responses in [json!(null), json!([]), json!("x")] {
        let more = json!({ "inputResponses": responses });
        let (_, answer) = ada.about("tasks/update", &id, more).await;
        assert_eq!(answer["error"]["code"], -32602, "{responses}");
    }
    let discovered = node
        .request(None, ("server/discover", "x", ""), json!({}), json!({}))
        .await;
    let discovered = last(&whole(discovered).await);
    let extensions = &discovered["result"]["capabilities"]["extensions"];
    assert_eq!(extensions, &json!({ "io.modelcontextprotocol/tasks": {} }));
    ada.cancel(&id).await;
}

#[tokio::test]
async fn a_cancelled_task_stops_and_stays_cancelled() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_wait", json!({ "run": "cancel" })).await;
    let half = |task: &Value| task["statusMessage"] == "half way";
    let task = ada.until(&id, half).await;
    assert_eq!(
        (&task["status"], waits("cancel")),
        (&json!("working"), (1, 0))
    );
    ada.cancel(&id).await;
    assert_eq!(ada.get(&id).await["status"], "cancelled");
    ada.until(&id, |_| waits("cancel") == (1, 1)).await;
    ada.cancel(&id).await;
    let task = ada.get(&id).await;
    assert_eq!(task["status"], "cancelled");
    for absent in ["result", "error", "inputRequests"] {
        assert!(task.get(absent).is_none());
    }
    // One that is done stays done.
    let id = ada.begin("task_fail", json!({})).await;
    ada.until_is(&id, "completed").await;
    ada.cancel(&id).await;
    assert_eq!(ada.get(&id).await["status"], "completed");
}

#[tokio::test]
async fn a_caller_runs_so_many_tasks_and_no_more() {
    let node = World::new().node();
    let (ada, bob) = (Client(&node, Some("ada")), Client(&node, Some("bob")));
    let mut ids = Vec::new();
    for _ in 0..32 {
        ids.push(ada.begin("task_wait", json!({ "run": "quota" })).await);
    }
    let more = json!({ "arguments": { "run": "quota" } });
    let (status, answer) = ada.call("task_wait", more, tasks()).await;
    assert_eq!(status, 429, "{answer}");
    let other = bob.begin("task_wait", json!({ "run": "quota" })).await;
    bob.cancel(&other).await;
    ada.cancel(&ids[0]).await;
    let more = || json!({ "arguments": { "a": 1, "b": 1 } });
    let mut again = ada.call("task_add", more(), tasks()).await;
    // The runner has to notice first.
    for _ in 0..1000 {
        if again.0 == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        again = ada.call("task_add", more(), tasks()).await;
    }
    assert_eq!(again.0, 200, "{again:?}");
    for id in &ids {
        ada.cancel(id).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_wait", json!({ "run": "stop" })).await;
    node.drain();
    let task = ada.until_is(&id, "failed").await;
    assert_eq!(task["error"]["code"], -32603);
    assert!(task["statusMessage"].as_str().unwrap().contains("stopped"));
}

#[tokio::test(start_paused = true)]
async fn a_task_ends_with_the_login_behind_it() {
    let world = World::new();
    let node = world.node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_wait", json!({ "run": "login" })).await;
    ada.until(&id, |_| waits("login") == (1, 0)).await;
    world.revoke("ada");
    let (status, _) = ada.about("tasks/get", &id, json!({})).await;
    assert_eq!(status, 401);
    // Five seconds, and what is left of one.
    for _ in 0..=50 {
        if waits("login") == (1, 1) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it runs on");
}
