//! Who may do what, and what the others are told.

use serde_json::json;

use crate::fixture::{Auth, METADATA, server};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

#[tokio::test]
async fn with_auth_nothing_is_answered_without_a_token() {
    let server = server(Auth::On);
    for method in ["POST", "GET", "DELETE", "HEAD", "PUT"] {
        let cookie = [
            ("cookie", "access_token=root"),
            ("accept", "text/event-stream"),
        ];
        let answer = server.send(method, &cookie, "access_token=root").await;
        assert_eq!(answer.status, 401, "{method}");
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with("Bearer ") && !challenge.contains("error="),
            "{challenge}"
        );
        assert!(challenge.contains(&format!("resource_metadata=\"{METADATA}\"")));
        assert!(challenge.contains("scope=\"read\""));
    }
    for (authorization, status, error) in [
        ("Bearer eve", 401, "invalid_token"),
        ("Basic ada", 401, ""),
        ("Bearer ada, Bearer root", 400, ""),
    ] {
        let answer = server.post(&[("authorization", authorization)], LIST).await;
        assert_eq!(answer.status.as_u16(), status, "{authorization}");
        assert!(answer.header("www-authenticate").contains(error));
    }
    let twice = [
        ("authorization", "Bearer ada"),
        ("authorization", "Bearer ada"),
    ];
    assert_eq!(server.post(&twice, LIST).await.status, 400);
    let answer = server.post(&[("authorization", "Bearer down")], LIST).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, "3")
    );
    assert_eq!(
        server
            .post(&[("authorization", "bearer ada")], LIST)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_public_tool_can_be_called_by_strangers_and_nothing_else_can() {
    let server = server(Auth::On);
    let open = server.call("echo", json!({ "a": 1 }), None).await;
    assert_eq!(open.status, 200);
    assert_eq!(server.calls(), 1);
    for closed in ["whoami", "purge", "nobody"] {
        assert_eq!(server.call(closed, json!({}), None).await.status, 401);
    }
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}]"#;
    for body in ["{", "7", batch, LIST] {
        let answer = server.post(&[], body).await;
        assert_eq!(answer.status, 401, "{body}");
        assert!(!answer.header("www-authenticate").is_empty());
    }
    // A token that is presented must be good, even where none is needed.
    let stale = server.call("echo", json!({}), Some("eve")).await;
    assert_eq!(stale.status, 401);
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn the_gate_comes_before_the_arguments() {
    let server = server(Auth::On);
    let answer = server.call("write", json!({ "bad": 1 }), Some("ada")).await;
    assert_eq!(answer.status, 403);
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(challenge.contains("scope=\"read write\""), "{challenge}");
    assert!(challenge.contains(METADATA));
    assert_eq!(answer.json()["id"], 1);

    let answer = server.call("purge", json!([1]), Some("ada")).await;
    assert_eq!(answer.status, 403);
    assert!(answer.headers.get("www-authenticate").is_none());
    assert_eq!(answer.json()["id"], 1);
    let modern = server
        .modern(
            "tools/call",
            json!({ "name": "purge" }),
            &[("authorization", "Bearer ada")],
        )
        .await;
    assert_eq!(modern.status, 403);
    assert_eq!(server.calls(), 0);

    assert_eq!(
        server.call("purge", json!({}), Some("root")).await.said(),
        "{}"
    );
    assert_eq!(
        server.call("write", json!({}), Some("root")).await.said(),
        "{}"
    );
    assert_eq!(
        server.call("whoami", json!({}), Some("ada")).await.said(),
        "ada"
    );
}

#[tokio::test]
async fn a_rule_that_panics_has_not_said_yes() {
    let server = server(Auth::On);
    let answer = server.call("rash", json!({}), Some("root")).await;
    assert_eq!((answer.status.as_u16(), server.calls()), (403, 0));
}

#[tokio::test]
async fn an_anonymous_server_asks_for_a_login_only_where_one_is_needed() {
    let server = server(Auth::Anonymous);
    assert_eq!(server.call("echo", json!({}), None).await.status, 200);
    assert_eq!(
        server.call("whoami", json!({}), None).await.said(),
        "nobody"
    );
    assert_eq!(
        server.call("whoami", json!({}), Some("ada")).await.said(),
        "ada"
    );
    let answer = server.call("purge", json!({}), None).await;
    assert_eq!(answer.status, 401);
    assert!(!answer.header("www-authenticate").contains("error="));
    let answer = server.call("echo", json!({}), Some("eve")).await;
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").contains("invalid_token"));
}

#[tokio::test]
async fn lists_show_what_may_be_called() {
    let server = server(Auth::On);
    for (token, wanted) in [
        ("ada", "echo fail routed whoami work"),
        ("root", "echo fail purge routed whoami work write"),
        ("ada", "echo fail routed whoami work"),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = server
            .modern("tools/list", json!({}), &[("authorization", &bearer)])
            .await;
        let result = &answer.json()["result"];
        let names: Vec<_> = result["tools"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|tool| tool["name"].as_str())
            .collect();
        assert_eq!(names.join(" "), wanted);
        assert_eq!(result["cacheScope"], "private");
        let legacy = server
            .post(&[("authorization", &bearer)], LIST)
            .await
            .json();
        assert_eq!(legacy["result"]["tools"], result["tools"]);
        assert!(legacy["result"].get("resultType").is_none());
    }
}

#[tokio::test]
async fn a_batch_is_refused_as_a_whole() {
    let server = server(Auth::On);
    let call = |name: &str| json!({ "jsonrpc": "2.0", "id": name, "method": "tools/call", "params": { "name": name } });
    let body = json!([call("echo"), call("purge")]).to_string();
    let answer = server.post(&[("authorization", "Bearer ada")], body).await;
    assert_eq!((answer.status.as_u16(), server.calls()), (403, 0));
}
