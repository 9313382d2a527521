//! A task that asks.

use serde_json::{Value, json};

use crate::fixture::{World, accept, asked, one, retry};
use crate::task_client::{Client, open, tasks};

fn name(name: &str) -> Value {
    accept(json!({ "name": name }))
}

#[tokio::test]
async fn a_question_turns_the_task_to_input_required_until_it_is_answered() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_name", json!({})).await;
    let task = ada.until_is(&id, "input_required").await;
    assert_eq!(open(&task), [("Your name?".to_owned(), "name".to_owned())]);
    // Keys that are not open come to nothing.
    ada.update(&id, one("other", name("Eve"))).await;
    assert_eq!(ada.get(&id).await["status"], "input_required");
    ada.update(&id, one("name", name("Ada"))).await;
    let task = ada.until_is(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "Hello, Ada!");
    ada.update(&id, one("name", name("Eve"))).await;
    assert_eq!(ada.get(&id).await, task);
}

#[tokio::test]
async fn what_does_not_fit_is_asked_for_again_under_another_key() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_name", json!({})).await;
    ada.until_is(&id, "input_required").await;
    ada.update(&id, one("name", json!(12345))).await;
    let again = |task: &Value| task["inputRequests"]["name-2"].is_object();
    let task = ada.until(&id, again).await;
    assert_eq!(open(&task).len(), 1);
    ada.update(&id, one("name", name("Eve"))).await;
    ada.update(&id, one("name-2", name("Ada"))).await;
    let task = ada.until_is(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "Hello, Ada!");
}

#[tokio::test]
async fn what_is_asked_together_may_be_answered_one_by_one() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let id = ada.begin("task_three", json!({})).await;
    let both = |task: &Value| open(task).len() == 2;
    let task = ada.until(&id, both).await;
    let questions = open(&task);
    let [(_, name_key), (_, town_key)] = &questions[..] else {
        panic!("{task}")
    };
    ada.update(&id, one(town_key, accept(json!({ "town": "Ulm" }))))
        .await;
    let task = ada.get(&id).await;
    assert_eq!(task["status"], "input_required");
    assert_eq!(open(&task), [("Your name?".to_owned(), name_key.clone())]);
    ada.update(&id, one(name_key, name("Ada"))).await;
    // The same words again are another question.
    let third = |task: &Value| {
        open(task)
            .iter()
            .any(|(_, key)| ![name_key, town_key].contains(&key))
    };
    let task = ada.until(&id, third).await;
    ada.update(&id, one(&open(&task)[0].1, name("Eve"))).await;
    let task = ada.until_is(&id, "completed").await;
    assert_eq!(
        task["result"]["content"][0]["text"],
        r#"["Ada","Ulm","Eve"]"#
    );
}

#[tokio::test]
async fn a_tool_may_ask_in_rounds_and_then_become_a_task() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let (_, first) = ada.call("task_late", json!({}), tasks()).await;
    let (key, _) = asked(&first);
    assert!(first["result"].get("taskId").is_none());
    let again = || retry(&first, one(&key, name("Ada")));
    let (_, second) = ada.call("task_late", again(), tasks()).await;
    assert_eq!(second["result"]["resultType"], "task", "{second}");
    for absent in ["requestState", "inputRequests"] {
        assert!(second["result"].get(absent).is_none());
    }
    // The conversation is over: it does not become two tasks.
    let (_, replayed) = ada.call("task_late", again(), tasks()).await;
    assert_eq!(replayed["error"]["code"], -32602, "{replayed}");
    let id = second["result"]["taskId"].as_str().unwrap();
    let task = ada.until_is(id, "input_required").await;
    assert_eq!(open(&task), [("Your town?".to_owned(), "town".to_owned())]);
    ada.update(id, one("town", accept(json!({ "town": "Ulm" }))))
        .await;
    let task = ada.until_is(id, "completed").await;
    let said = &task["result"]["content"][0]["text"];
    assert_eq!(said, r#"["Ada","Ulm",false,true]"#);
}

#[tokio::test]
async fn a_tool_that_may_become_a_task_need_not() {
    let node = World::new().node();
    let ada = Client(&node, Some("ada"));
    let small = json!({ "arguments": { "small": true } });
    let (_, first) = ada.call("task_late", small, tasks()).await;
    let mut more = retry(&first, one(&asked(&first).0, name("Ada")));
    more["arguments"] = json!({ "small": true });
    let (_, done) = ada.call("task_late", more, tasks()).await;
    assert_eq!(done["result"]["content"][0]["text"], "done at once");
    assert_eq!(done["result"]["resultType"], "complete");
    // A client that cannot hold a task is asked everything in rounds.
    let forms = || json!({ "elicitation": {} });
    let (_, first) = ada.call("task_late", json!({}), forms()).await;
    let more = retry(&first, one(&asked(&first).0, name("Ada")));
    let (_, second) = ada.call("task_late", more, forms()).await;
    let town = accept(json!({ "town": "Ulm" }));
    let more = retry(&second, one(&asked(&second).0, town));
    let (_, done) = ada.call("task_late", more, forms()).await;
    let said = &done["result"]["content"][0]["text"];
    assert_eq!(said, r#"["Ada","Ulm",false,false]"#);
}
