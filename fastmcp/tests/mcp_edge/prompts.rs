//! Prompts: listed, got, refused.

use serde_json::json;

use crate::fixture::Auth;
use crate::items::server;

#[tokio::test]
async fn a_list_shows_prompts_and_their_arguments() {
    let server = server(Auth::Anonymous);
    let answer = server.modern("prompts/list", json!({}), &[]).await;
    let result = &answer.json()["result"];
    let review = json!({
        "name": "review", "title": "Review", "description": "Asks for a review.",
        "arguments": [
            { "name": "diff", "required": true },
            { "name": "lines", "description": "How many.", "required": false }
        ],
        "icons": [{ "src": "https://s.test/review.png" }]
    });
    assert_eq!(result["prompts"], json!([review]));
    assert_eq!(result["cacheScope"], "private");
    let answer = server.legacy("prompts/list", json!({}), Some("root")).await;
    assert_eq!(
        answer.json()["result"]["prompts"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn arguments_are_texts_that_the_types_read() {
    let server = server(Auth::Off);
    let asked = json!({ "name": "review", "arguments": { "diff": "a\"b", "lines": "7" } });
    let answer = server.modern("prompts/get", asked.clone(), &[]).await;
    let result = &answer.json()["result"];
    assert_eq!(result["resultType"], "complete");
    assert!(result.get("ttlMs").is_none());
    let messages = json!([
        { "role": "user", "content": { "type": "text", "text": "Review a\"b (Some(7))" } },
        { "role": "assistant", "content": { "type": "image", "data": "AQID", "mimeType": "image/png" } }
    ]);
    assert_eq!(result["messages"], messages);
    let answer = server.legacy("prompts/get", asked, None).await;
    let expected = json!({ "description": "Asks for a review.", "messages": messages });
    assert_eq!(answer.json()["result"], expected);

    let before = server.calls();
    for (arguments, message) in [
        (json!({}), "argument `diff` is missing"),
        (json!(null), "argument `diff` is missing"),
        (
            json!({ "diff": "x", "lines": "many" }),
            "argument `lines`: expected a whole number from 0 to 255",
        ),
        (json!({ "diff": 7 }), "argument `diff` must be a string"),
        (
            json!({ "diff": "x", "other": "y" }),
            "unknown argument `other`; expected are `diff`, `lines`",
        ),
        (json!([]), "`arguments` must be an object"),
    ] {
        let asked = json!({ "name": "review", "arguments": arguments });
        let answer = server.legacy("prompts/get", asked, None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (200, -32602),
            "{arguments}"
        );
        assert_eq!(answer.json()["error"]["message"], message);
    }
    assert_eq!(
        server.calls(),
        before + 5,
        "an array never gets as far as the entry"
    );
}

#[tokio::test]
async fn unknown_failed_and_misnamed_prompts_are_errors() {
    let server = server(Auth::Off);
    let answer = server
        .modern("prompts/get", json!({ "name": "nope" }), &[])
        .await;
    assert_eq!((answer.status.as_u16(), answer.code()), (200, -32602));
    assert_eq!(answer.json()["error"]["message"], "unknown prompt: nope");
    let asked = json!({ "name": "review", "arguments": { "diff": "masked" } });
    let answer = server.modern("prompts/get", asked.clone(), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (200, -32603));
    assert!(answer.text.contains("internal error (reference ") && !answer.text.contains("10.0"));
    let answer = server
        .modern("prompts/get", asked, &[("mcp-name", "secret")])
        .await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, -32020));
}

#[tokio::test]
async fn the_gate_is_that_of_the_tools() {
    let server = server(Auth::On);
    let get = |name, token| {
        let asked = json!({ "name": name, "arguments": { "diff": "x" } });
        server.legacy("prompts/get", asked, token)
    };
    assert_eq!(get("review", None).await.status, 200);
    assert_eq!(get("secret", None).await.status, 401);
    assert_eq!(get("nope", None).await.status, 401);
    assert_eq!(get("secret", Some("ada")).await.status, 403);
    assert_eq!(get("secret", Some("root")).await.status, 200);
}
