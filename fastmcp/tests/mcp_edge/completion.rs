//! Suggestions, and who gets them.

use serde_json::{Value, json};

use crate::fixture::{Answer, Auth, Server};
use crate::items::server;

fn prompt(name: &str, argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/prompt", "name": name },
        "argument": { "name": argument, "value": value }
    })
}

fn template(uri: &str, argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/resource", "uri": uri },
        "argument": { "name": argument, "value": value }
    })
}

async fn complete(server: &Server, params: Value, token: Option<&str>) -> Answer {
    server.legacy("completion/complete", params, token).await
}

#[tokio::test]
async fn values_fit_what_was_typed() {
    let server = server(Auth::Off);
    let answer = complete(&server, prompt("review", "lines", "1"), None).await;
    let expected = json!({ "values": ["10", "101"], "total": 2, "hasMore": false });
    assert_eq!(answer.json()["result"], json!({ "completion": expected }));
    let asked = prompt("review", "lines", "0");
    let answer = server.modern("completion/complete", asked, &[]).await;
    let result = &answer.json()["result"];
    assert_eq!(result["completion"]["values"], json!(["10", "20", "101"]));
    assert_eq!(result["resultType"], "complete");
    let answer = complete(&server, prompt("review", "diff", "x"), None).await;
    assert_eq!(answer.json()["result"]["completion"]["values"], json!([]));
}

#[tokio::test]
async fn a_function_knows_caller_state_and_other_arguments() {
    let server = server(Auth::On);
    let mut asked = template("notes://{owner}/{id}", "owner", "ROOT");
    asked["context"] = json!({ "arguments": { "id": "7" } });
    let answer = complete(&server, asked, Some("root")).await;
    let values = &answer.json()["result"]["completion"]["values"];
    assert_eq!(*values, json!(["root, 7, true"]));
    for value in ["masked", "panic"] {
        let asked = template("notes://{owner}/{id}", "owner", value);
        let answer = complete(&server, asked, Some("root")).await;
        assert_eq!(answer.code(), -32603);
        assert!(answer.text.contains("internal error (reference "));
        assert!(!answer.text.contains("10.0") && !answer.text.contains("secret"));
    }
}

#[tokio::test]
async fn who_may_not_use_it_gets_no_suggestions() {
    let server = server(Auth::On);
    let secret = || prompt("secret", "word", "");
    assert_eq!(complete(&server, secret(), None).await.status, 401);
    let answer = complete(&server, secret(), Some("ada")).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.text.contains("swordfish"));
    let answer = complete(&server, secret(), Some("root")).await;
    assert_eq!(
        answer.json()["result"]["completion"]["values"],
        json!(["swordfish"])
    );
    let open = prompt("review", "lines", "");
    assert_eq!(complete(&server, open, None).await.status, 200);
    let asked = template("notes://{owner}/{id}", "owner", "");
    let answer = complete(&server, asked, Some("ada")).await;
    assert_eq!(answer.status, 403);
    assert!(
        answer
            .header("www-authenticate")
            .contains("scope=\"read write\"")
    );
}

#[tokio::test]
async fn what_cannot_be_completed_is_an_error() {
    let server = server(Auth::Off);
    let mut no_strings = prompt("review", "lines", "");
    no_strings["context"] = json!({ "arguments": { "diff": 7 } });
    for (asked, code) in [
        (prompt("nope", "lines", ""), -32602),
        (prompt("review", "nope", ""), -32602),
        (template("notes://all", "owner", ""), -32002),
        (template("notes://ada/7", "owner", ""), -32002),
        (json!({}), -32602),
        (
            json!({ "ref": { "type": "ref/tool", "name": "x" }, "argument": { "name": "a", "value": "" } }),
            -32602,
        ),
        (
            json!({ "ref": { "type": "ref/prompt", "name": "review" }, "argument": { "name": "lines" } }),
            -32602,
        ),
        (no_strings, -32602),
    ] {
        let answer = complete(&server, asked.clone(), None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (200, code),
            "{asked}"
        );
    }
}
