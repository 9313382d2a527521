//! Prompts and resources ask as tools do.

use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{World, accept, asked, last, one, retry, whole};

#[derive(Debug, Deserialize, JsonSchema)]
struct Tone {
    tone: String,
}

/// Asks how to write.
#[prompt]
async fn letter(cx: &Context, to: String) -> Result<String> {
    let asked: Tone = cx.elicit("Which tone?").key("tone").await?.required()?;
    Ok(format!("Write a {} letter to {to}.", asked.tone))
}

/// Asks how to read.
#[resource(uri = "letters://{to}")]
async fn letters(cx: &Context, to: String) -> Result<String> {
    let asked: Tone = cx.elicit("Which tone?").key("tone").await?.required()?;
    Ok(format!("A {} letter to {to}.", asked.tone))
}

/// How a request names its item, its other parameters, and where its result has the text.
const CASES: [(&str, &str, &str, &str, &str); 2] = [
    (
        "prompts/get",
        "name",
        "letter",
        "/result/messages/0/content/text",
        "Write a kind letter to ada.",
    ),
    (
        "resources/read",
        "uri",
        "letters://ada",
        "/result/contents/0/text",
        "A kind letter to ada.",
    ),
];

fn arguments(method: &str) -> Value {
    match method {
        "prompts/get" => json!({ "arguments": { "to": "ada" } }),
        _ => json!({}),
    }
}

fn joined(mut one: Value, other: Value) -> Value {
    if let (Some(one), Value::Object(other)) = (one.as_object_mut(), other) {
        one.extend(other);
    }
    one
}

#[tokio::test]
async fn a_question_ends_the_round_and_its_answer_the_request() {
    let world = World::new();
    let (node, other) = (world.node(), world.node());
    let can = || json!({ "elicitation": {} });
    for (method, member, name, text, expected) in CASES {
        let item = (method, member, name);
        let first = node.request(None, item, arguments(method), can()).await;
        let first = last(&whole(first).await);
        let (key, question) = asked(&first);
        assert_eq!(
            (&*key, &question["method"]),
            ("tone", &json!("elicitation/create"))
        );
        let answers = one(&key, accept(json!({ "tone": "kind" })));
        let more = joined(arguments(method), retry(&first, answers));
        let done = other.request(None, item, more.clone(), can()).await;
        let done = last(&whole(done).await);
        assert_eq!(done["result"]["resultType"], "complete", "{done}");
        assert_eq!(done.pointer(text), Some(&json!(expected)), "{done}");
        // It is spent.
        let again = node.request(None, item, more, can()).await;
        assert_eq!(last(&whole(again).await)["error"]["code"], -32602);
    }
}

#[tokio::test]
async fn who_cannot_be_asked_is_told_what_is_missing_and_of_what() {
    let node = World::new().node();
    let required = json!({ "elicitation": { "form": {} } });
    for (method, member, name, ..) in CASES {
        let item = (method, member, name);
        let refused = node.request(None, item, arguments(method), json!({})).await;
        assert_eq!(refused.status(), 400);
        let error = last(&whole(refused).await)["error"].take();
        assert_eq!(error["code"], -32021, "{error}");
        assert_eq!(error["data"]["requiredCapabilities"], required, "{error}");
        let about = error["data"].get("uri").and_then(Value::as_str);
        assert_eq!(about, Some(name).filter(|_| member == "uri"));
    }
}

#[tokio::test]
async fn in_a_session_the_question_is_a_request_on_the_stream() {
    let session = World::new()
        .node()
        .session(None, json!({ "elicitation": {} }))
        .await;
    for (method, member, name, text, expected) in CASES {
        let params = joined(arguments(method), json!({ member: name }));
        let mut events = session.request(method, params.clone()).await;
        let question = events.next().await.unwrap();
        assert_eq!(question["method"], "elicitation/create", "{question}");
        let kind = accept(json!({ "tone": "kind" }));
        assert_eq!(session.answer(&question, kind).await, 202);
        let done = events.next().await.unwrap();
        assert_eq!(done.pointer(text), Some(&json!(expected)), "{done}");

        // A refusal of the person's is a failure of the request.
        let mut events = session.request(method, params).await;
        let question = events.next().await.unwrap();
        session
            .answer(&question, json!({ "action": "decline" }))
            .await;
        let failed = events.next().await.unwrap();
        assert_eq!(failed["error"]["code"], -32603, "{failed}");
    }
}
