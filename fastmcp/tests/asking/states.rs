//! `requestState`: whose it is, how long it holds, and how often.

use serde_json::{Value, json};

use crate::fixture::{Node, World, accept, asked, one, retry, said, whole};
use crate::tools::RUNS;

fn runs(run: &str) -> (usize, usize) {
    RUNS.lock().unwrap().get(run).copied().unwrap_or_default()
}

async fn first(node: &Node, user: Option<&str>, run: &str) -> Value {
    let more = json!({ "arguments": { "run": run } });
    let (_, first) = node.call_as(user, "transfer", more).await;
    assert_eq!(asked(&first).0, "sure");
    first
}

fn second(first: &Value, run: &str) -> Value {
    let mut more = retry(first, one("sure", accept(json!({ "sure": true }))));
    more["arguments"] = json!({ "run": run });
    more
}

#[tokio::test]
async fn a_state_is_good_for_its_caller_its_request_and_its_keys() {
    let world = World::new();
    let node = world.node();
    let asked = first(&node, Some("ada"), "bound").await;
    let good = second(&asked, "bound");
    let mut tampered = good.clone();
    let state = good["requestState"].as_str().unwrap();
    tampered["requestState"] = format!("{state}-TAMPERED").into();
    let mut cut = good.clone();
    cut["requestState"] = state[..state.len() - 4].into();
    let mut empty = good.clone();
    empty["requestState"] = "".into();
    let mut number = good.clone();
    number["requestState"] = 5.into();
    let mut other_arguments = good.clone();
    other_arguments["arguments"] = json!({ "run": "other" });
    for (user, more) in [
        (Some("eve"), &good),
        (None, &good),
        (Some("ada"), &tampered),
        (Some("ada"), &cut),
        (Some("ada"), &empty),
        (Some("ada"), &number),
        (Some("ada"), &other_arguments),
    ] {
        let (_, refused) = node.call_as(user, "transfer", more.clone()).await;
        assert_eq!(refused["error"]["code"], -32602, "{user:?} {more}");
    }
    let mut elsewhere = good.clone();
    elsewhere["arguments"] = json!({});
    let (_, refused) = node.call_as(Some("ada"), "thrice", elsewhere).await;
    assert_eq!(refused["error"]["code"], -32602);
    for other in [world.stranger(), world.neighbour()] {
        let (_, refused) = other.call_as(Some("ada"), "transfer", good.clone()).await;
        assert_eq!(refused["error"]["code"], -32602);
    }
    assert_eq!(runs("bound"), (1, 0), "none of these ran the tool");
    assert_eq!(runs("other"), (0, 0));
    let (_, done) = node.call_as(Some("ada"), "transfer", good).await;
    assert!(said(&done).starts_with("Accepted"), "{done}");
}

#[tokio::test]
async fn a_state_expires() {
    let world = World::new();
    let node = world.node();
    let (late, just) = (
        first(&node, None, "late").await,
        first(&node, None, "just").await,
    );
    world.pass(599);
    let (_, done) = node.call("transfer", second(&just, "just")).await;
    assert!(said(&done).starts_with("Accepted"));
    world.pass(1);
    let (_, refused) = node.call("transfer", second(&late, "late")).await;
    assert_eq!(refused["error"]["code"], -32602);
    assert_eq!(runs("late"), (1, 0));
}

#[tokio::test]
async fn a_completed_call_is_not_run_again_by_any_node() {
    let world = World::new();
    let (node, other) = (world.node(), world.node());
    let asked = first(&node, None, "once").await;
    let more = second(&asked, "once");
    let (_, done) = node.call("transfer", more.clone()).await;
    assert!(said(&done).starts_with("Accepted"));
    for node in [&node, &other] {
        let (_, refused) = node.call("transfer", more.clone()).await;
        assert_eq!(refused["error"]["code"], -32602);
    }
    // Nor by an answer that was never given before.
    let mut declined = more;
    declined["inputResponses"] = json!({ "sure": { "action": "decline" } });
    let (_, refused) = other.call("transfer", declined).await;
    assert_eq!(refused["error"]["code"], -32602);
    assert_eq!(runs("once"), (2, 1));
}

#[tokio::test]
async fn of_many_requests_with_one_state_one_gets_behind_the_question() {
    let world = World::new();
    let nodes = [world.node(), world.node()];
    for round in 0..20 {
        let run = format!("race {round}");
        let more = second(&first(&nodes[0], None, &run).await, &run);
        let calls = (0..16).map(|n| nodes[n % 2].call("transfer", more.clone()));
        let answers = futures_util::future::join_all(calls).await;
        let done = answers
            .iter()
            .filter(|(_, answer)| answer["result"].is_object());
        assert_eq!((done.count(), runs(&run).1), (1, 1));
    }
}

#[tokio::test]
async fn an_answer_lost_between_rounds_is_given_again() {
    let world = World::new();
    let nodes = [world.node(), world.node()];
    let tool = "test_input_required_result_multi_round";
    let (_, one_) = nodes[0].call(tool, json!({})).await;
    let more = retry(
        &one_,
        one(&asked(&one_).0, accept(json!({ "name": "Ada" }))),
    );
    let (_, lost) = nodes[0].call(tool, more.clone()).await;
    let (_, again) = nodes[1].call(tool, more.clone()).await;
    assert_eq!(asked(&lost), asked(&again));
    let ending = |state: &Value| retry(state, one(&asked(state).0, accept(json!({}))));
    let (_, done) = nodes[0].call(tool, ending(&again)).await;
    assert_eq!(said(&done), r#""Ada" null"#);
    // The other branch of the same conversation is over too.
    for spent in [ending(&lost), more] {
        let (_, refused) = nodes[1].call(tool, spent).await;
        assert_eq!(refused["error"]["code"], -32602);
    }
}

#[tokio::test]
async fn answers_without_a_state_are_those_of_a_first_round() {
    let node = World::new().node();
    let with =
        |responses: Value| json!({ "arguments": { "run": "bare" }, "inputResponses": responses });
    let (_, asks) = node
        .call(
            "transfer",
            with(json!({ "sore": accept(json!({ "sure": true })) })),
        )
        .await;
    assert_eq!((asked(&asks).0, runs("bare")), ("sure".to_owned(), (1, 0)));
    let known = json!({ "sure": accept(json!({ "sure": true })), "other": 1 });
    let (_, done) = node.call("transfer", with(known)).await;
    assert_eq!(done["result"]["resultType"], "complete");
    assert_eq!(runs("bare"), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_cut_off_behind_its_question_stays_spent() {
    let world = World::new();
    let node = world.node();
    let mut more = second(&first(&node, None, "slow").await, "slow");
    more["_meta"] = json!({ "progressToken": 1 });
    let capabilities = json!({ "elicitation": {} });
    let response = node
        .start(None, "transfer", more.clone(), capabilities.clone())
        .await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    drop(response);
    let refused = whole(node.start(None, "transfer", more, capabilities).await).await;
    assert_eq!(refused[0]["error"]["code"], -32602);
    tokio::time::sleep(std::time::Duration::from_mins(2)).await;
    assert_eq!(
        runs("slow"),
        (2, 0),
        "a client that went away cancelled the call"
    );
}

#[tokio::test]
async fn a_task_that_still_asks_learns_that_the_call_is_over() {
    let node = World::new().node();
    let more = json!({ "arguments": { "run": "spawned" } });
    let (_, answer) = node.call("spawned", more).await;
    assert_eq!(asked(&answer).0, "sure");
    while runs("spawned").1 == 0 {
        tokio::task::yield_now().await;
    }
    let mut more = retry(&answer, one("sure", accept(json!({ "name": "Ada" }))));
    more["arguments"] = json!({ "run": "spawned" });
    assert!(said(&node.call("spawned", more).await.1).contains("Ada"));
}
