//! The era of 2026-07-28: every request speaks for itself.

use serde_json::json;

use crate::fixture::{Auth, server};

#[tokio::test]
async fn discover_says_what_is_served() {
    let answer = server(Auth::Off)
        .modern("server/discover", json!({}), &[])
        .await;
    assert_eq!(answer.status, 200);
    let result = &answer.json()["result"];
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["supportedVersions"][0], "2026-07-28");
    assert_eq!(
        result["capabilities"],
        json!({ "logging": {}, "tools": { "listChanged": true } })
    );
    assert_eq!(result["instructions"], "Call \"echo\".");
    assert_eq!(result["cacheScope"], "public");
    assert!(result["ttlMs"].is_u64());
    let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(
        *info,
        json!({ "name": "test", "title": "Test", "version": "1.2.3" })
    );
}

#[tokio::test]
async fn a_call_has_a_complete_result() {
    let server = server(Auth::Off);
    let params = json!({ "name": "echo", "arguments": { "a": [1, "ü"] } });
    let answer = server.modern("tools/call", params, &[]).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.headers.get("mcp-session-id").is_none());
    let json = answer.json();
    assert_eq!((&json["id"], &json["jsonrpc"]), (&json!(7), &json!("2.0")));
    assert_eq!(json["result"]["resultType"], "complete");
    assert_eq!(json["result"]["isError"], false);
    assert_eq!(answer.said(), r#"{"a":[1,"ü"]}"#);
    assert!(json["result"]["_meta"]["io.modelcontextprotocol/serverInfo"].is_object());
    // Absent and null arguments are the same.
    for params in [
        json!({ "name": "echo" }),
        json!({ "name": "echo", "arguments": null }),
    ] {
        assert_eq!(
            server.modern("tools/call", params, &[]).await.said(),
            "nothing"
        );
    }
}

#[tokio::test]
async fn unknown_things_have_the_codes_of_the_specification() {
    let server = server(Auth::Off);
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/list",
        "prompts/get",
        "x",
    ] {
        let answer = server.modern(method, json!({}), &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (404, -32601),
            "{method}"
        );
    }
    for name in ["Echo", "echo ", "nope"] {
        let answer = server
            .modern("tools/call", json!({ "name": name }), &[])
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["id"].as_i64()),
            if name == "echo " {
                (400, Some(7))
            } else {
                (200, Some(7))
            }
        );
    }
    assert_eq!(
        server
            .modern("tools/call", json!({ "name": "nope" }), &[])
            .await
            .code(),
        -32602
    );
    let params = json!({ "name": "echo", "arguments": [1] });
    assert_eq!(
        server.modern("tools/call", params, &[]).await.code(),
        -32602
    );
    let answer = server
        .modern("tools/list", json!({ "cursor": "x" }), &[])
        .await;
    assert_eq!(answer.code(), -32602);
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn headers_and_body_must_agree() {
    let server = server(Auth::Off);
    let params = || json!({ "name": "echo" });
    for extra in [
        ("mcp-name", "fail"),
        ("mcp-method", "tools/list"),
        ("mcp-protocol-version", "2025-11-25"),
    ] {
        // A second value of a header is as bad as another one.
        let answer = server.modern("tools/call", params(), &[extra]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (400, -32020),
            "{extra:?}"
        );
    }
    let meta = |version: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"echo","_meta":{{"io.modelcontextprotocol/protocolVersion":"{version}","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
        )
    };
    let v = "mcp-protocol-version";
    for (body, headers, code) in [
        (meta("2026-07-28"), vec![], -32020),
        (meta("2026-07-28"), vec![(v, "2026-07-28")], -32020),
        (
            meta("2026-07-28"),
            vec![(v, "2026-07-28"), ("mcp-method", "tools/call")],
            -32020,
        ),
        (meta("v999.0.0"), vec![(v, "2026-07-28")], -32020),
        (meta("v999.0.0"), vec![(v, "v999.0.0")], -32022),
        (meta("2025-11-25"), vec![(v, "2025-11-25")], -32022),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"server/discover","params":{}}"#.to_owned(),
            vec![(v, "2026-07-28")],
            -32602,
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#.to_owned(),
            vec![(v, "2026-07-28")],
            -32602,
        ),
    ] {
        let answer = server.post(&headers, body.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (400, code),
            "{body} {headers:?}"
        );
        assert_eq!(answer.json()["id"], 7);
    }
    let answer = server.post(&[(v, "v999.0.0")], meta("v999.0.0")).await;
    assert_eq!(answer.json()["error"]["data"]["requested"], "v999.0.0");
    assert_eq!(server.calls(), 0);
    let coded = "=?base64?ZWNobw==?=";
    let headers = [
        (v, "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", coded),
    ];
    assert_eq!(server.post(&headers, meta("2026-07-28")).await.status, 200);
}

#[tokio::test]
async fn notifications_are_accepted_silently() {
    let server = server(Auth::Off);
    let body = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    let answer = server
        .post(&[("mcp-protocol-version", "2026-07-28")], body)
        .await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (202, ""));
    let answer = server
        .post(&[("mcp-protocol-version", "2027-01-01")], body)
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn lists_are_sorted_and_say_how_long_they_hold() {
    let answer = server(Auth::Off).modern("tools/list", json!({}), &[]).await;
    let result = &answer.json()["result"];
    let names: Vec<_> = result["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["echo", "fail", "routed", "whoami", "work"]);
    assert_eq!(
        (&result["resultType"], &result["cacheScope"]),
        (&json!("complete"), &json!("public"))
    );
    assert!(result["ttlMs"].is_u64());
    assert_eq!(result["tools"][0]["inputSchema"]["type"], "object");
}

#[tokio::test]
async fn failures_are_results_and_hide_what_is_internal() {
    let server = server(Auth::Off);
    for (arguments, said) in [
        (json!({ "shown": 1 }), "no such note"),
        (json!({ "masked": 1 }), "internal error (reference "),
        (json!({ "panic": 1 }), "internal error (reference "),
    ] {
        let answer = server
            .modern(
                "tools/call",
                json!({ "name": "fail", "arguments": arguments }),
                &[],
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["result"]["isError"]),
            (200, &json!(true))
        );
        assert!(answer.said().starts_with(said), "{answer:?}");
        assert!(!answer.text.contains("10.0.0.1") && !answer.text.contains("secret"));
    }
    let answer = server
        .modern(
            "tools/call",
            json!({ "name": "echo", "arguments": { "bad": 1 } }),
            &[],
        )
        .await;
    assert_eq!(
        (answer.said(), &answer.json()["result"]["isError"]),
        ("`bad` does not fit".to_owned(), &json!(true))
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_stopped() {
    let answer = server(Auth::Off)
        .modern("tools/call", json!({ "name": "fail" }), &[])
        .await;
    assert_eq!(answer.json()["result"]["isError"], true);
    assert!(answer.said().contains("too long"));
}

#[tokio::test]
async fn progress_turns_the_answer_into_a_stream() {
    let server = server(Auth::Off);
    let params = |token: serde_json::Value, arguments: &str| json!({ "name": "work", "arguments": { arguments: 1 }, "_meta": { "progressToken": token } });
    for token in [json!("p-1"), json!(9)] {
        let answer = server
            .modern("tools/call", params(token.clone(), "x"), &[])
            .await;
        assert_eq!(answer.header("content-type"), "text/event-stream");
        assert_eq!(answer.header("x-accel-buffering"), "no");
        assert_eq!(answer.header("cache-control"), "no-store");
        let events: Vec<serde_json::Value> = answer
            .text
            .split_terminator("\n\n")
            .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
            .collect();
        assert_eq!(events.len(), 4);
        for (event, progress) in events.iter().zip([0.25, 0.5, 1.0]) {
            assert_eq!(event["method"], "notifications/progress");
            assert_eq!(
                (
                    &event["params"]["progressToken"],
                    event["params"]["progress"].as_f64()
                ),
                (&token, Some(progress))
            );
        }
        assert_eq!(events[3]["result"]["content"][0]["text"], "worked");
    }
    // Nothing to tell, nobody asking, or a client that reads no streams: plain JSON.
    for (params, accept) in [
        (
            params(json!(1), "quiet"),
            "application/json, text/event-stream",
        ),
        (
            json!({ "name": "work" }),
            "application/json, text/event-stream",
        ),
        (params(json!(1), "x"), "application/json"),
        (
            params(json!({}), "x"),
            "application/json, text/event-stream",
        ),
    ] {
        let mut body =
            json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
        body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        body["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        let headers = [
            ("content-type", "application/json"),
            ("accept", accept),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "work"),
        ];
        let answer = server.send("POST", &headers, body.to_string()).await;
        assert_eq!(
            answer.header("content-type"),
            "application/json",
            "{params}"
        );
    }
}
