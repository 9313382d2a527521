//! Everything that a server offers, over standard input and output, in every revision; `Pipe` judges
//! each line.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tests::pipe::Pipe;

/// The revisions with a handshake.
const HANDSHAKE: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];
const MODERN: &str = "2026-07-28";

/// Tools that say what only this revision and later ones have: what a tool gives and asks goes out as
/// it is, whatever its client agreed on.
const YOUNGER: [(&str, &str); 1] = [("test_elicitation_sep1330_enums", "2025-11-25")];

/// A client that has an answer to everything.
struct Client {
    pipe: Pipe,
    revision: &'static str,
    capabilities: Value,
    /// How often each method came from the server.
    heard: BTreeMap<String, usize>,
}

impl Client {
    async fn start(revision: &'static str) -> Self {
        let mut capabilities = json!({ "sampling": {}, "roots": {}, "elicitation": {} });
        if revision == "2025-03-26" {
            capabilities.as_object_mut().unwrap().remove("elicitation");
        }
        let mut client = Self {
            pipe: Pipe::start("test-stdio"),
            revision,
            capabilities,
            heard: BTreeMap::new(),
        };
        if revision != MODERN {
            let hello = json!({
                "protocolVersion": revision, "capabilities": client.capabilities,
                "clientInfo": { "name": "tests", "version": "1" },
            });
            let greeting = client.ask("initialize", hello).await;
            assert_eq!(greeting["result"]["protocolVersion"], revision);
            let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
            client.pipe.send(&ready).await;
            let loud = json!({ "level": "debug" });
            client.ask("logging/setLevel", loud).await;
        }
        client
    }

    /// A request, in as many rounds as it takes; the answer to the last one.
    async fn ask(&mut self, method: &str, mut params: Value) -> Value {
        loop {
            let answer = self.ask_once(method, &params).await;
            let result = &answer["result"];
            if result["resultType"] != "input_required" {
                return answer;
            }
            let asked = result["inputRequests"].as_object().expect("questions");
            let answers = asked.iter().map(|(key, question)| {
                *self.heard.entry(method_of(question)).or_default() += 1;
                (key.clone(), given(question))
            });
            params["inputResponses"] = Value::Object(answers.collect());
            params["requestState"] = result["requestState"].clone();
        }
    }

    async fn ask_once(&mut self, method: &str, params: &Value) -> Value {
        let mut params = params.clone();
        if method != "initialize" {
            params["_meta"] = json!({ "progressToken": "t" });
        }
        if self.revision == MODERN {
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = MODERN.into();
            params["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
                self.capabilities.clone();
            params["_meta"]["io.modelcontextprotocol/clientInfo"] =
                json!({ "name": "tests", "version": "1" });
            params["_meta"]["io.modelcontextprotocol/logLevel"] = "debug".into();
        }
        let id = self.pipe.ask(method, params).await;
        loop {
            let message = self.pipe.hear().await;
            if message.get("method").is_none() {
                assert_eq!(message["id"], id, "{message}");
                return message;
            }
            *self.heard.entry(method_of(&message)).or_default() += 1;
            if let Some(question) = message.get("id") {
                let answer = json!({ "jsonrpc": "2.0", "id": question, "result": given(&message) });
                self.pipe.send(&answer).await;
            }
        }
    }

    async fn list(&mut self, method: &str, member: &str) -> Vec<Value> {
        let answer = self.ask(method, json!({})).await;
        let items = answer["result"][member].as_array();
        items.unwrap_or_else(|| panic!("{answer}")).clone()
    }

    fn has_heard(&self, method: &str) -> bool {
        self.heard.contains_key(method)
    }
}

fn method_of(message: &Value) -> String {
    message["method"].as_str().expect("a method").to_owned()
}

/// A good answer to a question.
fn given(question: &Value) -> Value {
    match method_of(question).as_str() {
        "elicitation/create" => {
            let content = filled(&question["params"]["requestedSchema"]);
            json!({ "action": "accept", "content": content })
        }
        "sampling/createMessage" => json!({
            "role": "assistant", "content": { "type": "text", "text": "hello" }, "model": "m",
        }),
        "roots/list" => json!({ "roots": [{ "uri": "file:///work", "name": "work" }] }),
        other => panic!("asked by `{other}`"),
    }
}

/// A value of a schema.
fn filled(schema: &Value) -> Value {
    let choices = ["enum", "oneOf", "anyOf"];
    let mut choices = choices.into_iter().filter_map(|name| schema.get(name));
    if let Some(choice) = choices.next().map(|list| &list[0]) {
        return choice.get("const").unwrap_or(choice).clone();
    }
    match schema["type"].as_str().unwrap_or_default() {
        "boolean" => json!(true),
        "integer" | "number" => json!(1),
        "array" => json!([filled(&schema["items"])]),
        "object" => {
            let parts = schema["properties"].as_object().into_iter().flatten();
            let parts = parts.map(|(name, part)| (name.clone(), filled(part)));
            Value::Object(parts.collect())
        }
        _ => json!("words"),
    }
}

async fn everything_is_asked(client: &mut Client) {
    let tools = client.list("tools/list", "tools").await;
    assert!(tools.len() > 20, "{tools:?}");
    let is_too_young = |name: &Value| {
        let mut younger = YOUNGER.iter();
        younger.any(|(tool, since)| name == tool && client.revision < *since)
    };
    let tools: Vec<_> = tools
        .into_iter()
        .filter(|tool| !is_too_young(&tool["name"]))
        .collect();
    for tool in tools {
        let arguments = filled(&tool["inputSchema"]);
        let call = json!({ "name": tool["name"], "arguments": arguments });
        let answer = client.ask("tools/call", call).await;
        let is_result = answer.get("result").is_some();
        assert_eq!(is_result, answer.get("error").is_none(), "{answer}");
    }
    for resource in client.list("resources/list", "resources").await {
        let uri = json!({ "uri": resource["uri"] });
        let answer = client.ask("resources/read", uri).await;
        assert!(answer["result"]["contents"].is_array(), "{answer}");
    }
    let list = ("resources/templates/list", "resourceTemplates");
    assert_eq!(client.list(list.0, list.1).await.len(), 1);
    for prompt in client.list("prompts/list", "prompts").await {
        let arguments = prompt["arguments"].as_array().into_iter().flatten();
        let named = |it: &Value| (it["name"].as_str().unwrap().to_owned(), json!("a://b"));
        let arguments: Map<_, _> = arguments.map(named).collect();
        let get = json!({ "name": prompt["name"], "arguments": arguments });
        let answer = client.ask("prompts/get", get).await;
        // Some ask what a client of before 2025-06-18 cannot be asked.
        let can = client.revision != "2025-03-26" || answer.get("error").is_none();
        assert!(!can || answer["result"]["messages"].is_array(), "{answer}");
    }
    let complete = json!({
        "ref": { "type": "ref/prompt", "name": "test_prompt_with_arguments" },
        "argument": { "name": "arg1", "value": "te" },
    });
    let completed = client.ask("completion/complete", complete).await;
    let values = &completed["result"]["completion"]["values"];
    assert_eq!(values, &json!(["testing", "tested"]), "{completed}");
    for (method, params) in [
        ("tools/call", json!({ "name": "nothing" })),
        ("tools/call", json!({})),
        ("resources/read", json!({ "uri": "a://nothing" })),
        ("prompts/get", json!({ "name": "nothing" })),
        ("completion/complete", json!({})),
        ("tools/list", json!({ "cursor": "nothing" })),
        ("nothing/list", json!({})),
    ] {
        let answer = client.ask(method, params).await;
        assert!(answer["error"]["code"].is_i64(), "{method}: {answer}");
    }
    for told in ["notifications/progress", "notifications/message"] {
        assert!(client.has_heard(told), "{:?}", client.heard);
    }
    for asked in ["sampling/createMessage", "roots/list", "elicitation/create"] {
        let can = asked != "elicitation/create" || client.revision != "2025-03-26";
        assert_eq!(client.has_heard(asked), can, "{asked}: {:?}", client.heard);
    }
}

#[tokio::test]
async fn every_line_of_a_revision_with_a_handshake_is_valid() {
    for revision in HANDSHAKE {
        let mut client = Client::start(revision).await;
        let watched = json!({ "uri": "test://watched-resource" });
        for method in ["ping", "resources/subscribe", "resources/unsubscribe"] {
            let answer = client.ask(method, watched.clone()).await;
            assert_eq!(answer["result"], json!({}), "{revision} {answer}");
        }
        everything_is_asked(&mut client).await;
        let changed = "notifications/tools/list_changed";
        assert!(client.has_heard(changed), "{revision}: {:?}", client.heard);
        assert!(client.pipe.end().await.success(), "{revision}");
    }
}

#[tokio::test]
async fn every_line_of_2026_07_28_is_valid() {
    let mut client = Client::start(MODERN).await;
    let found = client.ask("server/discover", json!({})).await;
    assert_eq!(found["result"]["resultType"], "complete", "{found}");
    everything_is_asked(&mut client).await;
    assert!(client.pipe.end().await.success());
}
