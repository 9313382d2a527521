//! Whose a task is, and what other nodes know of it.

use serde_json::{Value, json};

use crate::fixture::{Events, World, accept, last, one, whole};
use crate::task_client::{Client, tasks};
use crate::task_tools::waits;

const METHODS: [&str; 3] = ["tasks/get", "tasks/update", "tasks/cancel"];

#[tokio::test]
async fn a_task_is_its_owners_and_to_others_it_never_was() {
    let world = World::new();
    let (node, neighbour) = (world.node(), world.neighbour());
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_wait", json!({ "run": "owner" })).await;
    let more = || json!({ "inputResponses": { "name": accept(json!({ "name": "Eve" })) } });
    for other in [
        Client(&node, Some("bob")),
        Client(&node, Some("ada~other")),
        Client(&node, None),
        Client(&neighbour, Some("ada")),
    ] {
        for method in METHODS {
            let theirs = other.about(method, &id, more()).await;
            let nobodys = other.about(method, "never-was", more()).await;
            assert_eq!(theirs.1["error"]["code"], -32602, "{theirs:?}");
            assert_eq!(theirs, nobodys);
        }
    }
    assert_eq!(ada.get(&id).await["status"], "working");
    ada.cancel(&id).await;
    // Whoever is not signed in has what they have the id of.
    let nobody = Client(&node, None);
    let id = nobody.begin("task_add", json!({ "a": 1, "b": 2 })).await;
    nobody.until_is(&id, "completed").await;
    let (_, answer) = ada.about("tasks/get", &id, json!({})).await;
    assert_eq!(answer["error"]["code"], -32602);
}

#[tokio::test]
async fn every_node_answers_for_a_task() {
    let world = World::new();
    let (node, second) = (world.node(), world.node());
    let (ada, elsewhere) = (Client(&node, Some("ada")), Client(&second, Some("ada")));
    let id = ada.begin("task_name", json!({})).await;
    elsewhere.until_is(&id, "input_required").await;
    let answer = accept(json!({ "name": "Ada" }));
    elsewhere.update(&id, one("name", answer)).await;
    let task = elsewhere.until_is(&id, "completed").await;
    assert_eq!(task, ada.get(&id).await);
    let id = ada.begin("task_wait", json!({ "run": "elsewhere" })).await;
    ada.until(&id, |_| waits("elsewhere") == (1, 0)).await;
    elsewhere.cancel(&id).await;
    assert_eq!(ada.get(&id).await["status"], "cancelled");
    ada.until(&id, |_| waits("elsewhere") == (1, 1)).await;
}

#[tokio::test]
async fn a_task_whose_node_died_has_failed_after_its_lease() {
    let world = World::new();
    let (dying, node) = (world.node(), world.node());
    let ada = Client(&node, Some("ada"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let begun = runtime.spawn(async move {
        Client(&dying, Some("ada"))
            .begin("task_name", json!({}))
            .await
    });
    let id = begun.await.unwrap();
    ada.until_is(&id, "input_required").await;
    runtime.shutdown_background();
    world.pass(59);
    assert_eq!(ada.get(&id).await["status"], "input_required");
    world.pass(1);
    let task = ada.get(&id).await;
    assert_eq!(
        (&task["status"], &task["error"]["code"]),
        (&json!("failed"), &json!(-32603))
    );
    ada.update(&id, one("name", accept(json!({ "name": "Ada" }))))
        .await;
    ada.cancel(&id).await;
    assert_eq!(ada.get(&id).await, task);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_runs_is_held_and_one_that_is_over_expires() {
    let world = World::new();
    let (node, second) = (world.node(), world.node());
    let (ada, elsewhere) = (Client(&node, Some("ada")), Client(&second, Some("ada")));
    let id = ada.begin("task_wait", json!({ "run": "held" })).await;
    // Each step is shorter than the lease; the runner turns round in between.
    for _ in 0..10 {
        world.pass(45);
        let alive = |task: &Value| task["ttlMs"].as_u64().unwrap() > 0;
        elsewhere.until(&id, alive).await;
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        assert_eq!(elsewhere.get(&id).await["status"], "working");
    }
    ada.cancel(&id).await;
    world.pass(3599);
    assert_eq!(elsewhere.get(&id).await["status"], "cancelled");
    world.pass(1);
    let (_, answer) = elsewhere.about("tasks/get", &id, json!({})).await;
    assert_eq!(answer["error"]["code"], -32602);
}

#[tokio::test]
async fn changes_are_told_to_who_listens_for_them() {
    let world = World::new();
    let node = world.node();
    let (ada, bob) = (Client(&node, Some("ada")), Client(&node, Some("bob")));
    let id = ada.begin("task_name", json!({})).await;
    let others = bob.begin("task_wait", json!({ "run": "heard" })).await;
    ada.until_is(&id, "input_required").await;
    let listen = |ids: Value, capabilities: Value| {
        let more = json!({ "notifications": { "taskIds": ids } });
        let about = ("subscriptions/listen", "x", "");
        node.request(Some("ada"), about, more, capabilities)
    };
    let refused = listen(json!([id]), json!({})).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(last(&whole(refused).await)["error"]["code"], -32021);
    let many: Vec<_> = (0..33).map(|number| number.to_string()).collect();
    let refused = listen(json!(many), tasks()).await;
    assert_eq!(last(&whole(refused).await)["error"]["code"], -32602);

    let mut events = Events::of(listen(json!([others, id, "never-was", id]), tasks()).await);
    let acknowledged = events.next().await.unwrap();
    let honoured = &acknowledged["params"]["notifications"];
    assert_eq!(honoured, &json!({ "taskIds": [id] }));
    // How it stands, and then each change, as `tasks/get` tells it.
    let told = events.next().await.unwrap();
    assert_eq!(told["method"], "notifications/tasks");
    let mut params = told["params"].clone();
    let mut got = ada.get(&id).await;
    let meta = params.as_object_mut().unwrap().remove("_meta").unwrap();
    assert_eq!(meta["io.modelcontextprotocol/subscriptionId"], 1);
    for more in ["_meta", "resultType"] {
        got.as_object_mut().unwrap().remove(more);
    }
    assert_eq!(params, got);
    ada.update(&id, one("name", accept(json!({ "name": "Ada" }))))
        .await;
    bob.cancel(&others).await;
    let mut seen = Vec::new();
    while seen.last() != Some(&json!("completed")) {
        let told = events.next().await.unwrap();
        assert_eq!(told["params"]["taskId"], id, "{told}");
        seen.push(told["params"]["status"].clone());
        if told["params"]["status"] == "completed" {
            let text = &told["params"]["result"]["content"][0]["text"];
            assert_eq!(text, "Hello, Ada!");
        }
    }
    assert!(seen.len() <= 2 && seen.iter().all(|it| it == "working" || it == "completed"));
    node.drain();
    assert_eq!(
        events.next().await.unwrap()["result"]["resultType"],
        "complete"
    );
}
