//! The judge finds what is wrong, wherever it is read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::HeaderMap;
use serde_json::{Value, json};

use super::definitions::REVISIONS;
use super::{Asked, Line, Reader};

fn headers(kind: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(kind),
    )])
}

fn asked(version: &str, request: &Value) -> Asked {
    let version = (!version.is_empty()).then_some(version);
    let header = |name: &str| version.filter(|_| name == "mcp-protocol-version");
    Asked::new(header, request.to_string().as_bytes())
}

/// Whether an answer passes, as a body and as an event.
fn passes(version: &str, request: &Value, answer: &Value) -> bool {
    let body = || {
        let mut reader = Reader::new(asked(version, request), &headers("application/json"));
        reader.push(answer.to_string().as_bytes());
        reader.end();
    };
    let event = || {
        let mut reader = Reader::new(asked(version, request), &headers("text/event-stream"));
        let text = format!(": alive\n\nid: 1-1\ndata: {answer}\n\n");
        let (head, rest) = text.split_at(text.len() / 2);
        assert!(reader.push(head.as_bytes()).is_empty());
        assert_eq!(reader.push(rest.as_bytes()).len(), 1);
    };
    let (body, event) = (catch_unwind(body).is_ok(), catch_unwind(event).is_ok());
    assert_eq!(body, event, "{version} {answer}");
    body
}

fn answer(result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "result": result })
}

fn call() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call" })
}

#[test]
fn what_is_not_of_the_revision_is_found() {
    let call = call();
    let good = answer(&json!({ "content": [{ "type": "text", "text": "x" }] }));
    for revision in &REVISIONS[1..] {
        assert!(passes(revision, &call, &good), "{revision}");
    }
    assert!(!passes("2026-07-28", &call, &good), "no `resultType`");
    let bare = answer(&json!({ "isError": false }));
    assert!(!passes("2025-11-25", &call, &bare));
    let linked = json!([{ "type": "resource_link", "uri": "a://b", "name": "b" }]);
    let linked = answer(&json!({ "content": linked }));
    assert!(passes("2025-06-18", &call, &linked));
    assert!(!passes("2025-03-26", &call, &linked), "links are younger");
    let noise = json!({ "jsonrpc": "2.0", "method": "notifications/noise" });
    assert!(!passes("2025-11-25", &call, &noise));
    let null = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": 1, "message": "" } });
    assert!(!passes("2025-11-25", &call, &null), "null is no id");
    let form = json!({ "type": "object", "properties": {} });
    let elicit = json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create",
        "params": { "message": "m", "requestedSchema": form }
    });
    assert!(passes("2025-06-18", &call, &elicit));
    assert!(!passes("2025-03-26", &call, &elicit), "forms are younger");
    assert!(!passes("2026-07-28", &call, &elicit), "requests are older");
    let lacking = |data: Value| json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32021, "message": "", "data": data } });
    let required = json!({ "requiredCapabilities": { "elicitation": {} } });
    assert!(passes("2026-07-28", &call, &lacking(required)));
    assert!(!passes("2026-07-28", &call, &lacking(json!({}))));
    let mut other = good.clone();
    other["id"] = json!(2);
    assert!(!passes("2025-11-25", &call, &other), "nobody asked");
}

#[test]
fn a_batch_is_judged_whole_and_part_by_part() {
    let batch = json!([call(), { "jsonrpc": "2.0", "id": 2, "method": "ping" }]);
    let good = answer(&json!({ "content": [] }));
    let pong = json!({ "jsonrpc": "2.0", "id": 2, "result": {} });
    assert!(passes("", &batch, &json!([good, pong])));
    assert!(!passes("", &batch, &json!([pong, answer(&json!({}))])));
    assert!(!passes("2025-06-18", &batch, &json!([good])), "no batches");
}

#[test]
fn a_task_is_judged_by_the_extension() {
    let mut task = json!({
        "resultType": "task", "taskId": "t", "status": "working",
        "createdAt": "2026-01-01T00:00:00Z", "lastUpdatedAt": "2026-01-01T00:00:00Z",
        "ttlMs": 1000, "pollIntervalMs": 1000,
    });
    assert!(passes("2026-07-28", &call(), &answer(&task)));
    assert!(!passes("2025-11-25", &call(), &answer(&task)));
    let get = json!({ "jsonrpc": "2.0", "id": 1, "method": "tasks/get" });
    task["resultType"] = json!("complete");
    assert!(passes("2026-07-28", &get, &answer(&task)));
    task["status"] = json!("completed");
    assert!(!passes("2026-07-28", &get, &answer(&task)), "no result");
    task["result"] = json!({});
    assert!(!passes("2026-07-28", &get, &answer(&task)), "of no tool");
    task["result"] = json!({ "content": [], "resultType": "complete" });
    assert!(passes("2026-07-28", &get, &answer(&task)));
    let told = json!({ "jsonrpc": "2.0", "method": "notifications/tasks", "params": task });
    assert!(passes("2026-07-28", &get, &told));
    assert!(!passes("2025-11-25", &get, &told));
}

#[test]
fn a_pipe_is_judged_by_what_was_agreed() {
    let mut line = Line::default();
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {} });
    line.sent(&hello);
    let greeting = json!({ "jsonrpc": "2.0", "id": 0, "result": {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "serverInfo": { "name": "s", "version": "1" },
    } });
    line.heard(&greeting.to_string());
    line.sent(&call());
    let linked = json!([{ "type": "resource_link", "uri": "a://b", "name": "b" }]);
    line.heard(&answer(&json!({ "content": linked })).to_string());
    let mut hears = |text: &str| catch_unwind(AssertUnwindSafe(|| line.heard(text))).is_ok();
    assert!(!hears(&answer(&json!({})).to_string()));
    assert!(!hears("listening on stdin"), "logs are not for stdout");
}
