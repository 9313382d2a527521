//! Nodes that share keys and a memory, and the two kinds of client.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use fastmcp::item::Registry;
use fastmcp::keys::Keys;
use fastmcp::ledger::Ledger;
use fastmcp::mcp::{Endpoint, EndpointParts, MAX_BODY, Rounds, ServerInfo};
use fastmcp::parts::{Clock, Parts};
use fastmcp::store::{MemoryStore, Sealed};
use futures_util::FutureExt as _;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use crate::names::{Names, Revoked};
use crate::schema::judged;

/// What nodes share.
pub(crate) struct World {
    parts: Parts,
    now: Arc<AtomicU64>,
    rounds: Rounds,
    tasks: Ledger,
    revoked: Revoked,
}

/// One node.
#[derive(Clone)]
pub(crate) struct Node(Router, Endpoint);

impl World {
    pub(crate) fn new() -> Self {
        let now = Arc::new(AtomicU64::new(1_000_000));
        let clock = Arc::clone(&now);
        let tell = move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst));
        let parts = Parts {
            clock: Clock::new(tell),
            ..Parts::system(Duration::from_secs(1)).unwrap()
        };
        let rounds = Rounds::remembered_here(Keys::from_master([3; 32]), &parts);
        let keys = Keys::from_master([3; 32]);
        let store = Arc::new(MemoryStore::new());
        let sealed = Sealed::open(store, &keys, parts.clone()).now_or_never();
        let tasks = Ledger::new(sealed.unwrap().unwrap(), keys, parts.clone());
        let revoked = Revoked::default();
        Self {
            parts,
            now,
            rounds,
            tasks,
            revoked,
        }
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.revoked.lock().unwrap().insert(token.to_owned());
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn node(&self) -> Node {
        self.node_with(self.rounds.clone())
    }

    /// A node that shares nothing.
    pub(crate) fn stranger(&self) -> Node {
        self.node_with(Rounds::of_process(&self.parts))
    }

    /// A node of another server on the same keys and memory.
    pub(crate) fn neighbour(&self) -> Node {
        let metadata = "https://s.test/.well-known/oauth-protected-resource/other/mcp";
        self.node_of(metadata, self.rounds.clone())
    }

    pub(crate) fn node_with(&self, rounds: Rounds) -> Node {
        let metadata = "https://s.test/.well-known/oauth-protected-resource/mcp";
        self.node_of(metadata, rounds)
    }

    fn node_of(&self, metadata: &'static str, rounds: Rounds) -> Node {
        let endpoint = Endpoint::new(EndpointParts {
            around: vec![],
            registry: Registry::collect().unwrap(),
            app: Arc::new(()),
            authenticator: Some(Arc::new(Names(metadata, Arc::clone(&self.revoked)))),
            anonymous: true,
            info: ServerInfo {
                name: "asking".to_owned(),
                version: "1".to_owned(),
                ..ServerInfo::default()
            },
            allowed_origins: Vec::new(),
            allowed_hosts: vec!["s.test".to_owned()],
            scopes_offered: BTreeSet::new(),
            max_body: MAX_BODY,
            rounds,
            tasks: Some(Arc::new(self.tasks.clone())),
            parts: self.parts.clone(),
        });
        Node(judged(endpoint.router()), endpoint)
    }
}

impl Node {
    /// A POST; the response may still be running.
    pub(crate) async fn post(&self, headers: &[(&str, &str)], body: Value) -> Response {
        let mut request = Request::post("/mcp")
            .header("host", "s.test")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        self.send(request).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.0.clone().oneshot(request).await.unwrap()
    }

    pub(crate) fn drain(&self) {
        self.1.drain();
    }

    /// A call of 2026-07-28 by somebody who can be asked everything.
    pub(crate) async fn call(&self, tool: &str, more: Value) -> (u16, Value) {
        self.call_as(None, tool, more).await
    }

    pub(crate) async fn call_as(
        &self,
        user: Option<&str>,
        tool: &str,
        more: Value,
    ) -> (u16, Value) {
        let everything = json!({
            "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {}
        });
        let response = self.start(user, tool, more, everything).await;
        let status = response.status().as_u16();
        (status, last(&whole(response).await))
    }

    pub(crate) async fn start(
        &self,
        user: Option<&str>,
        tool: &str,
        more: Value,
        capabilities: Value,
    ) -> Response {
        self.request(user, ("tools/call", "name", tool), more, capabilities)
            .await
    }

    /// A request of 2026-07-28 for an item: the method, and the member of its parameters that says
    /// which.
    pub(crate) async fn request(
        &self,
        user: Option<&str>,
        (method, member, name): (&str, &str, &str),
        more: Value,
        capabilities: Value,
    ) -> Response {
        let mut params = json!({ member: name });
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let bearer = user.map(|user| format!("Bearer {user}"));
        let mut headers = vec![
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
            ("mcp-name", name),
        ];
        headers.extend(
            bearer
                .iter()
                .map(|bearer| ("authorization", bearer.as_str())),
        );
        self.post(&headers, body).await
    }

    /// Opens a session of 2025-11-25.
    pub(crate) async fn session(&self, user: Option<&str>, capabilities: Value) -> Session {
        let bearer = user.map(|user| format!("Bearer {user}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|b| ("authorization", b.as_str()))
            .collect();
        let body = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": capabilities,
            "clientInfo": { "name": "c", "version": "1" }
        } });
        let response = self.post(&headers, body).await;
        let id = response.headers()["mcp-session-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let session = Session {
            node: self.clone(),
            id,
            user: user.map(str::to_owned),
        };
        let started = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(session.post(started).await.status(), 202);
        session
    }
}

/// A client of the handshake era.
#[derive(Clone)]
pub(crate) struct Session {
    node: Node,
    pub(crate) id: String,
    user: Option<String>,
}

impl Session {
    pub(crate) async fn post(&self, body: Value) -> Response {
        self.post_as(self.user.as_deref(), body).await
    }

    pub(crate) async fn post_as(&self, user: Option<&str>, body: Value) -> Response {
        let bearer = user.map(|user| format!("Bearer {user}"));
        let mut headers = vec![
            ("mcp-session-id", &*self.id),
            ("mcp-protocol-version", "2025-11-25"),
        ];
        headers.extend(
            bearer
                .iter()
                .map(|bearer| ("authorization", bearer.as_str())),
        );
        self.node.post(&headers, body).await
    }

    pub(crate) async fn delete(&self) -> Response {
        let request = Request::delete("/mcp")
            .header("host", "s.test")
            .header("mcp-session-id", &self.id);
        self.node.send(request.body(Body::empty()).unwrap()).await
    }

    /// A call whose events can be read one by one.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Events {
        let params = json!({ "name": tool, "arguments": arguments });
        self.request("tools/call", params).await
    }

    pub(crate) async fn request(&self, method: &str, params: Value) -> Events {
        let body = json!({ "jsonrpc": "2.0", "id": 5, "method": method, "params": params });
        Events::of(self.post(body).await)
    }

    /// Answers a question with a result.
    pub(crate) async fn answer(&self, question: &Value, result: Value) -> u16 {
        let body = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
        self.post(body).await.status().as_u16()
    }
}

/// The messages of a response, one by one.
pub(crate) struct Events {
    body: Body,
    text: String,
}

impl Events {
    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// The next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = data(event).map(message);
                let taken = self.text.len() - rest.len();
                self.text.drain(..taken);
                match event {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let Some(frame) = self.body.frame().await else {
                let whole = std::mem::take(&mut self.text);
                return (!whole.is_empty()).then(|| message(&whole));
            };
            let data = frame.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// The text of the result, which must be next.
    pub(crate) async fn said(&mut self) -> String {
        said(&self.next().await.unwrap())
    }
}

fn message(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The message in an event, which in a session has an id before it.
fn data(event: &str) -> Option<&str> {
    event.lines().find_map(|line| line.strip_prefix("data: "))
}

pub(crate) async fn whole(response: Response) -> Vec<Value> {
    let stream = response.headers()["content-type"] == "text/event-stream";
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    if !stream {
        return vec![message(text)];
    }
    let events = text.split_terminator("\n\n").filter_map(data);
    events.map(message).collect()
}

pub(crate) fn last(messages: &[Value]) -> Value {
    messages.last().unwrap().clone()
}

/// Text of a tool result.
pub(crate) fn said(answer: &Value) -> String {
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The one question of an answer, with its key.
pub(crate) fn asked(answer: &Value) -> (String, Value) {
    assert_eq!(answer["result"]["resultType"], "input_required", "{answer}");
    let requests = answer["result"]["inputRequests"].as_object().unwrap();
    assert_eq!(requests.len(), 1, "{answer}");
    let (key, request) = requests.iter().next().unwrap();
    (key.clone(), request.clone())
}

/// The next request of a client that answers `answer` with these.
pub(crate) fn retry(answer: &Value, responses: impl Into<Map<String, Value>>) -> Value {
    json!({ "requestState": answer["result"]["requestState"], "inputResponses": responses.into() })
}

pub(crate) fn one(key: &str, value: Value) -> Map<String, Value> {
    [(key.to_owned(), value)].into_iter().collect()
}

pub(crate) fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

pub(crate) fn sampled(text: &str) -> Value {
    json!({
        "role": "assistant", "content": { "type": "text", "text": text },
        "model": "test-model", "stopReason": "endTurn"
    })
}
