//! What prompts are listed with, and say.

use serde_json::{Value, json};

use crate::caller::{each, error, result, status};

async fn get(user: &str, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    result(user, "prompts/get", params).await
}

#[tokio::test]
async fn a_list_shows_arguments_and_what_the_caller_may_use() {
    let listed = result("lib", "prompts/list", json!({})).await;
    let prompts = listed["prompts"].as_array().unwrap();
    assert_eq!(
        prompts.iter().find(|it| it["name"] == "recommend"),
        Some(&json!({
            "name": "recommend",
            "title": "Recommend",
            "description": "Ask for a recommendation.",
            "arguments": [
                { "name": "kind", "description": "What kind of text.", "required": true },
                { "name": "count", "description": "How many.", "required": false },
                { "name": "language", "required": false },
            ],
        }))
    );
    let names = ["fails", "recommend", "small.talk"];
    assert_eq!(each(&listed["prompts"], "name"), names);
    let listed = result("ada", "prompts/list", json!({})).await;
    assert_eq!(each(&listed["prompts"], "name"), names[1..]);
    let listed = result("eve", "prompts/list", json!({})).await;
    assert_eq!(each(&listed["prompts"], "name"), ["recommend"]);
}

#[tokio::test]
async fn arguments_are_texts_of_their_types_and_some_may_be_left_out() {
    let said = |result: Value| {
        assert_eq!(result["messages"][0]["role"], "user");
        result["messages"][0]["content"]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        said(get("", "recommend", json!({ "kind": "short-story" })).await),
        "Recommend 3 of ShortStory in None"
    );
    let all = json!({ "kind": "poem", "count": "7", "language": "German" });
    assert_eq!(
        said(get("", "recommend", all).await),
        "Recommend 7 of Poem in Some(\"German\")"
    );
    for (arguments, about) in [
        (json!({}), "argument `kind` is missing"),
        (json!({ "kind": "novel" }), "argument `kind`"),
        (
            json!({ "kind": "poem", "count": "many" }),
            "argument `count`",
        ),
        (json!({ "kind": "poem", "cuont": "1" }), "`cuont`"),
    ] {
        let params = json!({ "name": "recommend", "arguments": arguments });
        let (code, text) = error("", "prompts/get", params).await;
        assert_eq!(code, -32602, "{text}");
        assert!(text.contains(about), "{text}");
    }
}

#[tokio::test]
async fn a_prompt_may_say_several_things_or_fail() {
    let talk = get(
        "ada",
        "small.talk",
        json!({ "with": "Bob", "loud": "true" }),
    )
    .await;
    assert_eq!(
        talk["messages"],
        json!([
            { "role": "user", "content": { "type": "text", "text": "I am ada, hello Bob" } },
            {
                "role": "assistant",
                "content": { "type": "image", "data": "AQ==", "mimeType": "image/png" },
            },
        ])
    );
    let fails = json!({ "name": "fails" });
    let (_, text) = error("lib", "prompts/get", fails).await;
    assert!(text.contains("closed on Sundays"), "{text}");
    get("lib", "fails", json!({ "quietly": "true" })).await;
}

#[tokio::test]
async fn the_rule_is_asked_before_the_arguments() {
    let got = async |user: &str, name: &str| {
        let params = json!({ "name": name, "arguments": { "bogus": "1" } });
        status(user, "prompts/get", params).await
    };
    assert_eq!(got("", "small.talk").await, 401);
    assert_eq!(got("eve", "small.talk").await, 403);
    assert_eq!(got("ada", "fails").await, 403);
    assert_eq!(got("lib", "fails").await, 200, "an error of the arguments");
}
