//! A server in motion (`listened`), and its streams, read event by event.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use fastmcp::item::{Around, Control};
use fastmcp::mcp::{Endpoint, EndpointParts, MAX_BODY, Rounds, ServerInfo};
use fastmcp::parts::Parts;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::listened::{Door, State, Tokens, registry};
use crate::schema::judged;

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) endpoint: Endpoint,
    pub(crate) control: Control,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) state: Arc<State>,
}

/// A server of which `ada` is an admin and `bob` is not.
pub(crate) fn world() -> World {
    world_with(vec![])
}

/// The same with hooks around its calls.
pub(crate) fn world_with(around: Vec<Around>) -> World {
    let registry = registry();
    let control = registry.control().clone();
    let tokens = Arc::<Tokens>::default();
    tokens.give("ada", &["admin"]);
    tokens.give("bob", &[]);
    let state = Arc::<State>::default();
    let parts = Parts::system(Duration::from_secs(1)).unwrap();
    let endpoint = Endpoint::new(EndpointParts {
        registry,
        app: Arc::clone(&state) as _,
        around,
        authenticator: Some(Arc::new(Door(Arc::clone(&tokens)))),
        anonymous: false,
        info: ServerInfo {
            name: "test".to_owned(),
            version: "1".to_owned(),
            ..ServerInfo::default()
        },
        allowed_origins: vec![],
        allowed_hosts: vec!["s.test".to_owned()],
        scopes_offered: BTreeSet::new(),
        max_body: MAX_BODY,
        rounds: Rounds::of_process(&parts),
        tasks: None,
        parts,
    });
    World {
        router: judged(endpoint.router()),
        endpoint,
        control,
        tokens,
        state,
    }
}

/// An answer whose body is read piece by piece.
pub(crate) struct Stream {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Body,
    text: String,
}

/// One event.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) retry: Option<String>,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn method(&self) -> String {
        self.json()["method"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

impl Stream {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The next event, passing over comments; `None` at the end.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let mut event = Event::default();
                let mut is_event = false;
                for line in block.trim_end().lines() {
                    let (field, value) = line.split_once(':').unwrap();
                    let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
                    is_event |= !field.is_empty();
                    match field {
                        "id" => event.id = Some(value),
                        "retry" => event.retry = Some(value),
                        "data" => event.data = value,
                        other => assert_eq!(other, "", "{block}"),
                    }
                }
                if is_event {
                    return Some(event);
                }
            }
            let frame = self.body.frame().await?;
            let data = frame.unwrap().into_data().unwrap();
            self.text += std::str::from_utf8(&data).unwrap();
        }
    }

    /// The next event, which must come.
    pub(crate) async fn next(&mut self) -> Event {
        let event = tokio::time::timeout(Duration::from_mins(1), self.event()).await;
        event.expect("an event in time").expect("an event")
    }

    /// That nothing more is there to be read now.
    pub(crate) async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_secs(3), self.event())
            .await
            .is_err()
    }

    /// The rest as text.
    pub(crate) async fn rest(mut self) -> String {
        let end = async {
            while let Some(frame) = self.body.frame().await {
                let data = frame.unwrap().into_data().unwrap();
                self.text += std::str::from_utf8(&data).unwrap();
            }
        };
        let end = tokio::time::timeout(Duration::from_mins(1), end).await;
        end.expect("an end in time");
        self.text
    }
}

impl World {
    pub(crate) async fn send(
        &self,
        method: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Stream {
        let mut request = Request::builder()
            .method(method)
            .uri("/mcp")
            .header("host", "s.test")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Stream {
            status: parts.status,
            headers: parts.headers,
            body,
            text: String::new(),
        }
    }

    /// A request of the modern era.
    pub(crate) async fn modern(&self, token: &str, method: &str, mut params: Value) -> Stream {
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        let name = params["name"].as_str().or(params["uri"].as_str());
        let name = name.unwrap_or_default().to_owned();
        let body = json!({ "jsonrpc": "2.0", "id": "s1", "method": method, "params": params });
        let mut headers = vec![
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
        ];
        if !name.is_empty() {
            headers.push(("mcp-name", &name));
        }
        self.send("POST", token, &headers, &body.to_string()).await
    }

    /// The names of the tools that a caller is shown.
    pub(crate) async fn tools(&self, token: &str) -> Vec<String> {
        let list = self
            .modern(token, "tools/list", json!({}))
            .await
            .rest()
            .await;
        let list: Value = serde_json::from_str(&list).unwrap();
        let tools = list["result"]["tools"].as_array().unwrap();
        tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Opens a session of a revision.
    pub(crate) async fn session(&self, token: &str, version: &str) -> String {
        let body = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": { "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } }
        });
        let answer = self.send("POST", token, &[], &body.to_string()).await;
        let session = answer.header("mcp-session-id").to_owned();
        answer.rest().await;
        session
    }

    /// A request in a session.
    pub(crate) async fn ask(&self, token: &str, session: &str, message: Value) -> Stream {
        let session = [("mcp-session-id", session)];
        self.send("POST", token, &session, &message.to_string())
            .await
    }

    /// The GET of a session.
    pub(crate) async fn listen(&self, token: &str, session: &str, last: Option<&str>) -> Stream {
        let mut headers = vec![("mcp-session-id", session)];
        headers.extend(last.map(|last| ("last-event-id", last)));
        self.send("GET", token, &headers, "").await
    }
}
