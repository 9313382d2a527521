//! 2026-07-28: a call ends with its questions and is made again with the answers.

use serde_json::{Value, json};

use crate::fixture::{World, accept, asked, last, one, retry, said, sampled, whole};

#[tokio::test]
async fn a_question_ends_the_round_and_its_answer_the_call() {
    let node = World::new().node();
    let tool = "test_input_required_result_elicitation";
    let (status, first) = node.call(tool, json!({})).await;
    assert_eq!(status, 200);
    assert!(first["result"]["requestState"].is_string());
    assert!(first["result"]["_meta"]["io.modelcontextprotocol/serverInfo"].is_object());
    let (key, request) = asked(&first);
    assert_eq!(key, "user_name");
    assert_eq!(
        request,
        json!({ "method": "elicitation/create", "params": {
            "message": "What is your name?",
            "requestedSchema": {
                "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"]
            }
        } })
    );
    // Not the answer to the question: it is asked again, whatever came.
    for responses in [
        json!(null),
        json!({}),
        json!({ "other": accept(json!({ "name": "Alice" })) }),
        json!({ "user_name": 12345 }),
        json!({ "user_name": { "action": "later" } }),
        json!({ "user_name": accept(json!({})) }),
        json!({ "user_name": accept(json!({ "name": 5 })) }),
        json!({ "user_name": sampled("Alice") }),
    ] {
        let state = &first["result"]["requestState"];
        let more = json!({ "requestState": state, "inputResponses": responses });
        let (_, again) = node.call(tool, more).await;
        assert_eq!(asked(&again), (key.clone(), request.clone()), "{responses}");
    }
    let mut responses = one("user_name", accept(json!({ "name": "Alice" })));
    responses.insert("extra".to_owned(), json!({ "action": "accept" }));
    let (_, done) = node.call(tool, retry(&first, responses)).await;
    assert_eq!(done["result"]["resultType"], "complete");
    assert_eq!(said(&done), "Hello, Alice!");
}

#[tokio::test]
async fn what_is_no_object_of_answers_is_an_error() {
    let node = World::new().node();
    for responses in [json!([]), json!("x"), json!(1)] {
        let more = json!({ "inputResponses": responses });
        let (_, answer) = node
            .call("test_input_required_result_elicitation", more)
            .await;
        assert_eq!(answer["error"]["code"], -32602);
    }
}

#[tokio::test]
async fn the_model_and_the_roots_are_asked_alike() {
    let node = World::new().node();
    let (_, first) = node
        .call("test_input_required_result_sampling", json!({}))
        .await;
    let (key, request) = asked(&first);
    assert_eq!(request["method"], "sampling/createMessage");
    assert_eq!(
        request["params"],
        json!({
            "messages": [{ "role": "user", "content": { "type": "text", "text": "What is the capital of France?" } }],
            "maxTokens": 100
        })
    );
    let more = retry(&first, one(&key, sampled("Paris")));
    let (_, done) = node.call("test_input_required_result_sampling", more).await;
    assert_eq!(said(&done), "Paris");

    let (_, first) = node
        .call("test_input_required_result_list_roots", json!({}))
        .await;
    let (key, request) = asked(&first);
    assert_eq!(request, json!({ "method": "roots/list", "params": {} }));
    let roots = json!({ "roots": [{ "uri": "file:///r", "name": "R" }, { "uri": "file:///s" }] });
    let more = retry(&first, one(&key, roots));
    let (_, done) = node
        .call("test_input_required_result_list_roots", more)
        .await;
    assert_eq!(said(&done), "file:///rfile:///s");
}

#[tokio::test]
async fn questions_that_are_awaited_together_travel_together() {
    let node = World::new().node();
    let tool = "test_input_required_result_multiple_inputs";
    let (_, first) = node.call(tool, json!({})).await;
    let requests = first["result"]["inputRequests"].as_object().unwrap();
    let mut methods: Vec<_> = requests
        .values()
        .map(|request| &request["method"])
        .collect();
    methods.sort_by_key(ToString::to_string);
    assert_eq!(
        methods,
        ["elicitation/create", "roots/list", "sampling/createMessage"]
    );
    let answers: Vec<(String, Value)> = requests
        .iter()
        .map(|(key, request)| {
            let answer = match request["method"].as_str().unwrap() {
                "elicitation/create" => accept(json!({ "name": "Ada" })),
                "roots/list" => json!({ "roots": [] }),
                _ => sampled("Hello"),
            };
            (key.clone(), answer)
        })
        .collect();
    // One is forgotten, and the others are not asked for again.
    let some: serde_json::Map<_, _> = answers[1..].iter().cloned().collect();
    let (_, second) = node.call(tool, retry(&first, some)).await;
    assert_eq!(asked(&second).0, answers[0].0);
    let rest = one(&answers[0].0, answers[0].1.clone());
    let (_, done) = node.call(tool, retry(&second, rest)).await;
    assert_eq!(said(&done), r#"Hello "Ada" 0"#);
}

#[tokio::test]
async fn every_round_may_be_at_another_node() {
    let world = World::new();
    let nodes = [world.node(), world.node(), world.node()];
    let tool = "test_input_required_result_multi_round";
    let (_, first) = nodes[0].call(tool, json!({})).await;
    let more = retry(
        &first,
        one(&asked(&first).0, accept(json!({ "name": "Ada" }))),
    );
    let (_, second) = nodes[1].call(tool, more).await;
    assert_ne!(
        first["result"]["requestState"],
        second["result"]["requestState"]
    );
    assert_ne!(asked(&first), asked(&second));
    let more = retry(
        &second,
        one(&asked(&second).0, accept(json!({ "color": "red" }))),
    );
    let (_, done) = nodes[2].call(tool, more).await;
    assert_eq!(said(&done), r#""Ada" "red""#);
}

#[tokio::test]
async fn the_same_question_may_be_asked_again() {
    let node = World::new().node();
    let (_, mut answer) = node.call("thrice", json!({})).await;
    for name in ["a", "b", "c"] {
        let more = retry(
            &answer,
            one(&asked(&answer).0, accept(json!({ "name": name }))),
        );
        answer = node.call("thrice", more).await.1;
    }
    assert_eq!(said(&answer), r#"["a","b","c"]"#);
}

#[tokio::test]
async fn nobody_is_asked_what_they_did_not_declare() {
    let node = World::new().node();
    let call = async |tool, capabilities| {
        let response = node.start(None, tool, json!({}), capabilities).await;
        (response.status().as_u16(), last(&whole(response).await))
    };
    let (status, refused) = call("test_missing_capability", json!({})).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!(-32021)));
    let required = json!({ "requiredCapabilities": { "sampling": {} } });
    assert_eq!(
        (&refused["error"]["data"], &refused["id"]),
        (&required, &json!(1))
    );
    let (status, first) = call("test_missing_capability", json!({ "sampling": {} })).await;
    assert_eq!(
        (status, &asked(&first).1["method"]),
        (200, &json!("sampling/createMessage"))
    );

    let tool = "test_input_required_result_capabilities";
    let (_, answer) = call(tool, json!({ "sampling": {} })).await;
    assert_eq!(asked(&answer).1["method"], "sampling/createMessage");
    let (_, answer) = call(tool, json!({})).await;
    assert_eq!(said(&answer), "nobody to ask");
    let (status, refused) = call("connect", json!({ "elicitation": {} })).await;
    let required = json!({ "requiredCapabilities": { "elicitation": { "url": {} } } });
    assert_eq!((status, &refused["error"]["data"]), (400, &required));
}

#[tokio::test]
async fn a_page_is_named_and_nothing_more_comes_back() {
    let node = World::new().node();
    let (_, first) = node.call("connect", json!({})).await;
    let (key, request) = asked(&first);
    assert_eq!(
        request["params"],
        json!({ "mode": "url", "message": "Connect your account.", "url": "https://s.test/connect" })
    );
    for (action, said_) in [
        ("cancel", "Cancelled"),
        ("decline", "Declined"),
        ("accept", "Accepted(())"),
    ] {
        let (_, first) = node.call("connect", json!({})).await;
        let more = retry(&first, one(&key, json!({ "action": action })));
        assert_eq!(said(&node.call("connect", more).await.1), said_);
    }
}

#[tokio::test]
async fn a_question_that_cannot_be_put_is_a_failure_with_the_reason() {
    let node = World::new().node();
    for (tool, asked, reason) in [
        ("crooked", 0, "is no form"),
        ("twins", 1, "two questions of one call have the key `k`"),
        ("endless", 64, "a call may ask 64 questions and no more"),
    ] {
        let (_, mut answer) = node.call(tool, json!({})).await;
        // What could be put beside it is, and is answered first.
        if asked > 0 {
            let requests = answer["result"]["inputRequests"].as_object().unwrap();
            assert_eq!(requests.len(), asked);
            let name = || accept(json!({ "name": "Ada" }));
            let all: serde_json::Map<_, _> =
                requests.keys().map(|key| (key.clone(), name())).collect();
            answer = node.call(tool, retry(&answer, all)).await.1;
        }
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert!(said(&answer).contains(reason), "{answer}");
    }
}
