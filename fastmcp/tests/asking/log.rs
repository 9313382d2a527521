//! Messages and progress while a call runs.

use serde_json::{Value, json};

use crate::fixture::{Node, World, last, said, whole};

fn messages(all: &[Value]) -> Vec<String> {
    let logged = all
        .iter()
        .filter(|message| message["method"] == "notifications/message");
    logged
        .map(|message| {
            format!(
                "{} {}",
                message["params"]["level"], message["params"]["data"]
            )
        })
        .collect()
}

async fn modern(node: &Node, tool: &str, meta: Value) -> Vec<Value> {
    whole(
        node.start(None, tool, json!({ "_meta": meta }), json!({}))
            .await,
    )
    .await
}

#[tokio::test]
async fn since_2026_a_request_says_what_it_wants_in_its_log() {
    let node = World::new().node();
    let tool = "test_tool_with_logging";
    let silent = modern(&node, tool, json!({})).await;
    assert_eq!((silent.len(), said(&silent[0])), (1, "no hurry".to_owned()));
    for (level, count) in [
        ("debug", 5),
        ("info", 4),
        ("notice", 1),
        ("error", 1),
        ("alert", 0),
    ] {
        let meta = json!({ "io.modelcontextprotocol/logLevel": level });
        let all = modern(&node, tool, meta).await;
        assert_eq!(messages(&all).len(), count, "{level}");
        assert_eq!(said(&last(&all)), "no hurry");
    }
    let meta = json!({ "io.modelcontextprotocol/logLevel": "notice" });
    assert_eq!(
        messages(&modern(&node, tool, meta).await),
        [r#""error" {"lost":3}"#]
    );
    for wrong in [json!("loud"), json!(3), json!(null)] {
        let all = modern(
            &node,
            tool,
            json!({ "io.modelcontextprotocol/logLevel": wrong }),
        )
        .await;
        assert_eq!(all[0]["error"]["code"], -32602);
    }
}

#[tokio::test]
async fn before_that_a_session_says_it_once() {
    let node = World::new().node();
    let session = node.session(None, json!({})).await;
    let call = async || {
        let mut call = session.call("test_tool_with_logging", json!({})).await;
        let mut all = Vec::new();
        while let Some(message) = call.next().await {
            all.push(message);
        }
        messages(&all).len()
    };
    assert_eq!(call().await, 4);
    for (level, count) in [("debug", 5), ("error", 1), ("emergency", 0)] {
        let body = json!({ "jsonrpc": "2.0", "id": 9, "method": "logging/setLevel", "params": { "level": level } });
        let answer = whole(session.post(body).await).await;
        assert_eq!(
            answer[0],
            json!({ "jsonrpc": "2.0", "id": 9, "result": {} })
        );
        assert_eq!(call().await, count, "{level}");
    }
    for params in [json!({ "level": "loud" }), json!({})] {
        let body =
            json!({ "jsonrpc": "2.0", "id": 9, "method": "logging/setLevel", "params": params });
        assert_eq!(
            whole(session.post(body).await).await[0]["error"]["code"],
            -32602
        );
    }
    assert_eq!(call().await, 0, "the level is as it was");
}

#[tokio::test]
async fn progress_may_count_what_it_is_about() {
    let all = modern(
        &World::new().node(),
        "test_tool_with_progress",
        json!({ "progressToken": "p" }),
    )
    .await;
    let told: Vec<_> = all[..all.len() - 1]
        .iter()
        .map(|message| {
            assert_eq!(message["params"]["progressToken"], "p");
            (
                message["params"]["progress"].as_f64().unwrap(),
                message["params"]["total"].as_f64(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (0.0, Some(100.0)),
            (50.0, Some(100.0)),
            (100.0, Some(100.0)),
            (101.0, None)
        ]
    );
    assert_eq!(said(&last(&all)), "hurry");
}

#[tokio::test]
async fn logging_is_declared_by_a_server_whose_tools_can_log() {
    let node = World::new().node();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": { "_meta": meta } });
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "server/discover"),
    ];
    let all = whole(node.post(&headers, body).await).await;
    assert_eq!(all[0]["result"]["capabilities"]["logging"], json!({}));
}
