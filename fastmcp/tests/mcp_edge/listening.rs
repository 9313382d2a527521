//! A server whose tokens end and whose tools come and go, and streams read event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use fastmcp::auth::{AuthSession, Authenticator, Principal, Rule, Unauthenticated};
use fastmcp::item::{
    Annotations, Call, Content, Control, Outcome, Registry, ToolEntry, ToolOutput,
};
use fastmcp::mcp::{Endpoint, EndpointParts, MAX_BODY, ServerInfo};
use fastmcp::parts::Parts;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt as _;

/// What the tokens are good for: a name is a token, and its value the roles.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<BTreeMap<String, Vec<&'static str>>>);

impl Tokens {
    pub(crate) fn give(&self, token: &str, roles: &[&'static str]) {
        let mut tokens = self.0.lock().unwrap();
        tokens.insert(token.to_owned(), roles.to_vec());
    }

    pub(crate) fn end(&self, token: &str) {
        self.0.lock().unwrap().remove(token);
    }

    fn session(&self, token: &str) -> Result<AuthSession, Unauthenticated> {
        let tokens = self.0.lock().unwrap();
        let roles = tokens.get(token).ok_or(Unauthenticated::InvalidToken)?;
        if roles.contains(&"away") {
            let retry_after = Duration::from_secs(1);
            return Err(Unauthenticated::Unavailable { retry_after });
        }
        let principal = Principal {
            subject: token.to_owned(),
            client_id: "client".to_owned(),
            roles: roles.iter().map(ToString::to_string).collect(),
            ..Principal::default()
        };
        Ok(AuthSession::new(principal, None))
    }
}

struct Door(Arc<Tokens>);

impl Authenticator for Door {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        Box::pin(async { self.0.session(token) })
    }

    fn resource_metadata(&self) -> &'static str {
        "https://s.test/.well-known/oauth-protected-resource/mcp"
    }
}

/// What the tools wait for and leave behind.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) go_on: Notify,
    pub(crate) ended: Arc<Notify>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

fn text(text: impl Into<String>) -> Outcome {
    Outcome::Done(ToolOutput {
        content: vec![Content::Text { text: text.into() }],
        structured: None,
    })
}

fn plain(_: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async { text("done") })
}

/// Tells that it begins, closes its connection if it is told to, waits, tells that it goes on.
fn long(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let state = call.app.downcast_ref::<State>().unwrap();
        let _guard = OnDrop(Arc::clone(&state.ended));
        call.context.progress(0.5, "begun").await;
        if call.arguments.is_some_and(|text| text.contains("close")) {
            call.context.close_stream().await;
        }
        state.go_on.notified().await;
        call.context.progress(1.0, "going on").await;
        text("long done")
    })
}

/// Takes a tool away.
fn switch(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let control = call.context.control();
        control.disable_tool("purge").unwrap();
        text("switched")
    })
}

type Shim = for<'a> fn(Call<'a>) -> BoxFuture<'a, Outcome>;

fn tool(name: &'static str, rule: Rule, plain: bool, call: Shim) -> &'static ToolEntry {
    Box::leak(Box::new(ToolEntry {
        name,
        title: None,
        description: "For tests.",
        icons: &[],
        annotations: Annotations::default(),
        input_schema: serde_json::Map::new,
        mirrored: &[],
        output_schema: || None,
        rule,
        timeout: None,
        plain,
        location: "here",
        accepts_app: |app| app.is::<State>(),
        call,
    }))
}

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) endpoint: Endpoint,
    pub(crate) control: Control,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) state: Arc<State>,
}

/// A server of which `ada` is an admin and `bob` is not.
pub(crate) fn world() -> World {
    let registry = Registry::of(vec![
        tool("open", Rule::Default, true, plain),
        tool("purge", Rule::Role("admin"), true, plain),
        tool("long", Rule::Default, false, long),
        tool("switch", Rule::Default, false, switch),
    ]);
    let registry = registry.unwrap();
    let control = registry.control().clone();
    let tokens = Arc::<Tokens>::default();
    tokens.give("ada", &["admin"]);
    tokens.give("bob", &[]);
    let state = Arc::<State>::default();
    let endpoint = Endpoint::new(EndpointParts {
        registry,
        app: Arc::clone(&state) as _,
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
        parts: Parts::system(Duration::from_secs(1)).unwrap(),
    });
    World {
        router: endpoint.router(),
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
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let mut event = Event::default();
                let mut is_event = false;
                for line in block.lines() {
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
                self.text = rest.to_owned();
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
        let event = tokio::time::timeout(Duration::from_secs(3600), self.event()).await;
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
        let end = tokio::time::timeout(Duration::from_secs(3600), end).await;
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
        answer.header("mcp-session-id").to_owned()
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
