//! The engine over a pipe, as on stdio: the same gate, lists and results as at the edge.

use std::time::Duration;

use futures_util::future::BoxFuture;
use rmcp::ServiceExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};

use super::*;
use crate::auth::Rule;
use crate::item::{Annotations, Call, Content, Control, Outcome, Registry, ToolEntry, ToolOutput};
use crate::parts::Parts;

#[allow(dead_code, unreachable_pub, reason = "shared with other tests")]
#[path = "../../../../tests/src/schema/mod.rs"]
mod schema;

fn work(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        for step in [0.5, 1.0] {
            call.context.progress(step, "working").await;
        }
        let mut text = call.arguments.unwrap_or("nothing").to_owned();
        call.context.info("worked").await;
        if text.contains("ask") {
            let form = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
            let asked = call.context.elicit_schema("How many?", form).key("n").await;
            text = asked.map_or_else(|error| error.to_string(), |asked| format!("{asked:?}"));
        }
        Outcome::Done(ToolOutput {
            content: vec![Content::Text { text }],
            structured: None,
        })
    })
}

fn tool(name: &'static str, rule: Rule) -> &'static ToolEntry {
    Box::leak(Box::new(ToolEntry {
        name,
        title: None,
        description: "For tests.",
        icons: &[],
        annotations: Annotations::default(),
        input_schema: serde_json::Map::new,
        written: None,
        mirrored: &[],
        output_schema: || None,
        rule,
        timeout: None,
        plain: false,
        task: None,
        location: "here",
        module: "tests",
        accepts_app: |_| true,
        call: work,
    }))
}

/// A client that writes and reads lines.
struct Client {
    pipe: BufReader<DuplexStream>,
    line: schema::Line,
    control: Control,
}

impl Client {
    fn start() -> Self {
        let registry = Registry::of(vec![
            tool("work", Rule::Public),
            tool("secret", Rule::SignedIn),
        ]);
        Self::of(registry.unwrap())
    }

    fn of(registry: Registry) -> Self {
        let parts = Parts::system(Duration::from_secs(1)).unwrap();
        let dispatcher = Dispatcher::new(registry, Arc::new(()), Rule::Public, parts);
        let lists = Arc::new(Lists::new(
            &dispatcher,
            r#"{"name":"t","version":"1"}"#,
            false,
            false,
        ));
        let info = ServerInfo {
            name: "t".to_owned(),
            version: "1".to_owned(),
            ..ServerInfo::default()
        };
        let control = dispatcher.control().clone();
        let rounds = Rounds::of_process(dispatcher.parts());
        let handler = Handler::new(Arc::new(dispatcher), lists, rounds, &info);
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let served = Box::pin(handler.serve(theirs));
        tokio::spawn(async move { served.await.unwrap().waiting().await });
        Self {
            pipe: BufReader::new(ours),
            line: schema::Line::default(),
            control,
        }
    }

    /// Shakes hands as a client of the legacy era.
    async fn greet(&mut self) -> Value {
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
        let answer = self.ask("initialize", hello).await;
        self.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
            .await;
        answer
    }

    async fn send(&mut self, message: Value) {
        self.line.sent(&message);
        let line = format!("{message}\n");
        self.pipe.write_all(line.as_bytes()).await.unwrap();
    }

    async fn read(&mut self) -> Value {
        let mut line = String::new();
        let read = tokio::time::timeout(Duration::from_secs(5), self.pipe.read_line(&mut line));
        read.await.expect("in time").unwrap();
        self.line.heard(&line)
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.send(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
            .await;
        self.read().await
    }
}

#[tokio::test]
async fn a_legacy_peer_meets_the_same_gate() {
    let mut client = Client::start();
    let answer = client.greet().await;
    assert_eq!(
        answer["result"]["capabilities"],
        json!({ "tools": { "listChanged": true }, "logging": {} })
    );

    let list = client.ask("tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"].as_array().map(Vec::len), Some(1));
    assert!(list["result"].get("resultType").is_none(), "{list}");

    let refused = client.ask("tools/call", json!({ "name": "secret" })).await;
    assert_eq!(refused["error"]["code"], 401);
    let unknown = client.ask("tools/call", json!({ "name": "nope" })).await;
    assert_eq!(unknown["error"]["code"], -32602);

    let call =
        json!({ "name": "work", "arguments": { "a": 1 }, "_meta": { "progressToken": "t" } });
    let first = client.ask("tools/call", call).await;
    assert_eq!(
        (
            &first["params"]["progressToken"],
            &first["params"]["progress"]
        ),
        (&json!("t"), &json!(0.5))
    );
    assert_eq!(client.read().await["params"]["progress"], 1.0);
    assert_eq!(client.read().await["params"]["data"], "worked");
    let done = client.read().await;
    assert_eq!(done["result"]["content"][0]["text"], r#"{"a":1}"#);
    assert!(done["result"].get("resultType").is_none(), "{done}");
}

fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "c", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {}
    })
}

#[tokio::test]
async fn a_modern_peer_gets_complete_results() {
    let mut client = Client::start();
    let meta = meta();
    let answer = client
        .ask("server/discover", json!({ "_meta": meta }))
        .await;
    assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
    let list = client.ask("tools/list", json!({ "_meta": meta })).await;
    assert_eq!(list["result"]["cacheScope"], "public", "{list}");
    let done = client
        .ask("tools/call", json!({ "name": "work", "_meta": meta }))
        .await;
    assert_eq!(done["result"]["resultType"], "complete", "{done}");
    assert_eq!(done["result"]["content"][0]["text"], "nothing");
}

#[path = "items_tests.rs"]
mod items_tests;
#[path = "news_tests.rs"]
mod news_tests;
#[tokio::test]
async fn a_legacy_peer_is_asked_by_a_request() {
    let mut client = Client::start();
    let hello = json!({
        "protocolVersion": "2025-11-25", "capabilities": { "elicitation": {} },
        "clientInfo": { "name": "c", "version": "1" }
    });
    client.ask("initialize", hello).await;
    let started = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    client.send(started).await;
    let quiet = json!({ "level": "error" });
    let set = client.ask("logging/setLevel", quiet).await;
    assert_eq!(set["result"], json!({}));
    let call = json!({ "name": "work", "arguments": { "ask": 1 } });
    let question = client.ask("tools/call", call).await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    assert_eq!(question["params"]["message"], "How many?");
    let content = json!({ "action": "accept", "content": { "n": 3 } });
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": content });
    client.send(answer).await;
    let done = client.read().await;
    assert_eq!(
        done["result"]["content"][0]["text"],
        r#"Accepted({"n": Number(3)})"#
    );
}

#[tokio::test]
async fn a_modern_peer_is_asked_by_a_result() {
    let mut client = Client::start();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "c", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} }
    });
    let mut call = json!({ "name": "work", "arguments": { "ask": 1 }, "_meta": meta });
    let asked = client.ask("tools/call", call.clone()).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let question = &asked["result"]["inputRequests"]["n"];
    assert_eq!(question["params"]["message"], "How many?", "{asked}");
    call["requestState"] = asked["result"]["requestState"].clone();
    call["inputResponses"] = json!({ "n": { "action": "decline" } });
    let done = client.ask("tools/call", call.clone()).await;
    assert_eq!(done["result"]["content"][0]["text"], "Declined", "{done}");
    let again = client.ask("tools/call", call).await;
    assert_eq!(again["error"]["code"], -32602, "{again}");
}
