//! 2025-11-25: requests on the stream of the call.

use serde_json::{Value, json};

use crate::fixture::{Events, World, accept, said, sampled, whole};

fn everything() -> Value {
    json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {} })
}

#[tokio::test]
async fn a_question_is_asked_on_the_stream_and_answered_by_a_post() {
    let session = World::new().node().session(None, everything()).await;
    let mut call = session
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    let question = call.next().await.unwrap();
    assert_eq!(
        (&question["jsonrpc"], &question["method"]),
        (&json!("2.0"), &json!("elicitation/create"))
    );
    assert!(question["id"].as_str().unwrap().len() >= 43);
    assert_eq!(question["params"]["message"], "Who?");
    assert_eq!(
        question["params"]["requestedSchema"]["required"],
        json!(["username", "email"])
    );
    let answer = accept(json!({ "username": "ada", "email": "a@s.test" }));
    assert_eq!(session.answer(&question, answer).await, 202);
    let said = call.said().await;
    assert!(said.contains("ada") && said.contains("a@s.test"), "{said}");
    assert_eq!(call.next().await, None);
}

#[tokio::test]
async fn the_model_and_several_things_at_once() {
    let session = World::new().node().session(None, everything()).await;
    let mut call = session
        .call("test_sampling", json!({ "prompt": "Hi." }))
        .await;
    let question = call.next().await.unwrap();
    assert_eq!(
        question["params"],
        json!({ "messages": [{ "role": "user", "content": { "type": "text", "text": "Hi." } }], "maxTokens": 100 })
    );
    session.answer(&question, sampled("Hello.")).await;
    assert_eq!(call.said().await, "Hello.");

    let mut call = session
        .call("test_input_required_result_multiple_inputs", json!({}))
        .await;
    let mut questions = Vec::new();
    for _ in 0..3 {
        questions.push(call.next().await.unwrap());
    }
    for question in questions.iter().rev() {
        let answer = match question["method"].as_str().unwrap() {
            "elicitation/create" => accept(json!({ "name": "Ada" })),
            "roots/list" => json!({ "roots": [{ "uri": "file:///r" }] }),
            _ => sampled("Hello"),
        };
        session.answer(question, answer).await;
    }
    assert_eq!(call.said().await, r#"Hello "Ada" 1"#);
}

#[tokio::test]
async fn forms_have_the_shapes_that_clients_know() {
    let session = World::new().node().session(None, everything()).await;
    let mut call = session
        .call("test_elicitation_sep1034_defaults", json!({}))
        .await;
    let question = call.next().await.unwrap();
    let fields = &question["params"]["requestedSchema"]["properties"];
    for (name, kind, default) in [
        ("name", "string", json!("John Doe")),
        ("age", "integer", json!(30)),
        ("score", "number", json!(95.5)),
        ("status", "string", json!("active")),
        ("verified", "boolean", json!(true)),
    ] {
        assert_eq!(
            (&fields[name]["type"], &fields[name]["default"]),
            (&json!(kind), &default)
        );
    }
    assert_eq!(
        fields["status"]["enum"],
        json!(["active", "inactive", "pending"])
    );
    session
        .answer(&question, accept(json!({ "age": 31, "status": "pending" })))
        .await;
    let said = call.said().await;
    assert!(
        said.contains("John Doe") && said.contains("31") && said.contains("Pending"),
        "{said}"
    );

    let mut call = session
        .call("test_elicitation_sep1330_enums", json!({}))
        .await;
    let question = call.next().await.unwrap();
    let fields = &question["params"]["requestedSchema"]["properties"];
    assert_eq!(fields["legacyEnum"]["enumNames"], json!(["A", "B"]));
    assert_eq!(fields["titledMulti"]["items"]["anyOf"][1]["title"], "B");
    let answer =
        accept(json!({ "titledSingle": "b", "titledMulti": ["a", "b"], "legacyEnum": "a" }));
    session.answer(&question, answer).await;
    assert!(call.said().await.starts_with("Accepted"));

    let mut call = session.call("connect", json!({})).await;
    let question = call.next().await.unwrap();
    assert_eq!(question["params"]["mode"], "url");
    assert!(question["params"]["elicitationId"].is_string());
    session
        .answer(&question, json!({ "action": "accept" }))
        .await;
    assert_eq!(call.said().await, "Accepted(())");
}

#[tokio::test]
async fn an_answer_counts_once_and_only_from_the_owner() {
    let world = World::new();
    let node = world.node();
    let (ada, eve) = (
        node.session(Some("ada"), everything()).await,
        node.session(Some("eve"), everything()).await,
    );
    let mut call = ada
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    let question = call.next().await.unwrap();
    let forged =
        json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "cancel" } });
    // Into the session of another, and out of a session of one's own.
    assert_eq!(ada.post_as(Some("eve"), forged.clone()).await.status(), 404);
    assert_eq!(ada.post_as(None, forged.clone()).await.status(), 404);
    eve.post(forged).await;
    let guess = json!({ "jsonrpc": "2.0", "id": 1, "result": { "action": "cancel" } });
    ada.post(guess).await;
    ada.answer(&question, json!({ "action": "decline" })).await;
    ada.answer(&question, json!({ "action": "cancel" })).await;
    assert_eq!(call.said().await, "Declined");
}

#[tokio::test]
async fn a_client_that_errs_fails_the_tool_and_nothing_else() {
    let session = World::new().node().session(None, everything()).await;
    let mut call = session
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    let question = call.next().await.unwrap();
    let refused = json!({
        "jsonrpc": "2.0", "id": question["id"], "error": { "code": -32603, "message": "no screen" }
    });
    assert_eq!(session.post(refused).await.status(), 202);
    assert_eq!(
        call.said().await,
        "the client refused to answer: no screen (-32603)"
    );
    for misfit in [
        json!({}),
        accept(json!({ "username": "ada" })),
        json!(5),
        sampled("x"),
    ] {
        let mut call = session
            .call("test_elicitation", json!({ "message": "Who?" }))
            .await;
        let question = call.next().await.unwrap();
        session.answer(&question, misfit).await;
        let failed = call.next().await.unwrap();
        assert_eq!(failed["result"]["isError"], true);
        assert!(
            said(&failed).starts_with("the client's answer does not fit"),
            "{failed}"
        );
    }
}

#[tokio::test]
async fn who_cannot_be_asked_is_not() {
    let node = World::new().node();
    let session = node.session(None, json!({ "sampling": {} })).await;
    let mut call = session
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    assert_eq!(
        call.said().await,
        "this needs a client with the capability `elicitation`"
    );
    // No session, no capabilities, nobody to answer.
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "test_elicitation", "arguments": { "message": "Who?" }
    } });
    let mut call = Events::of(node.post(&[], body.clone()).await);
    assert!(call.said().await.starts_with("the client cannot be asked"));
    let session = node.session(None, everything()).await;
    let headers = [
        ("mcp-session-id", &*session.id),
        ("mcp-protocol-version", "2025-11-25"),
    ];
    let json_only = http::Request::post("/mcp")
        .header("host", "s.test")
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header(headers[0].0, headers[0].1)
        .body(axum::body::Body::from(body.to_string()));
    let response = node.send(json_only.unwrap()).await;
    assert!(said(&whole(response).await[0]).starts_with("the client cannot be asked"));
}

#[tokio::test(start_paused = true)]
async fn a_question_is_given_up_after_ten_minutes() {
    let session = World::new().node().session(None, everything()).await;
    let mut call = session
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    let question = call.next().await.unwrap();
    let given_up = call.next().await.unwrap();
    assert_eq!(given_up["method"], "notifications/cancelled");
    assert_eq!(given_up["params"]["requestId"], question["id"]);
    assert_eq!(call.said().await, "the client did not answer in time");
}

#[tokio::test]
async fn a_session_that_ends_leaves_no_call_waiting() {
    let node = World::new().node();
    let session = node.session(None, everything()).await;
    let mut call = session
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    call.next().await.unwrap();
    assert_eq!(session.delete().await.status(), 204);
    // The stream ends with its session.
    assert_eq!(call.next().await, None);
    let session = node.session(None, everything()).await;
    let mut call = session
        .call("test_elicitation", json!({ "message": "Who?" }))
        .await;
    call.next().await.unwrap();
    node.drain();
    assert_eq!(call.said().await, "the call is over");
}

#[tokio::test]
async fn a_call_that_ends_takes_its_questions_back() {
    let session = World::new().node().session(None, everything()).await;
    let cancelled = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 5 }
    });
    // More than one session may have open at a time.
    for _ in 0..70 {
        let mut call = session
            .call("test_elicitation", json!({ "message": "Who?" }))
            .await;
        let question = call.next().await.unwrap();
        assert_eq!(question["method"], "elicitation/create");
        // The client cancels the call: no answer, and the stream ends.
        assert_eq!(session.post(cancelled.clone()).await.status(), 202);
        assert_eq!(call.next().await, None);
    }
}

#[tokio::test]
async fn an_answer_in_a_batch_counts() {
    let node = World::new().node();
    let session = node.session(None, everything()).await;
    let mut call = session
        .call("test_sampling", json!({ "prompt": "Hello?" }))
        .await;
    let question = call.next().await.unwrap();
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": sampled("Hello.") });
    // Without a version in its header a message is of 2025-03-26, which has batches.
    let response = node
        .post(&[("mcp-session-id", &session.id)], json!([answer]))
        .await;
    assert_eq!(response.status(), 202);
    assert!(call.said().await.contains("Hello."));
}
