//! A server with a handful of tools, and a caller.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use fastmcp::auth::{AuthSession, Authenticator, Predicate, Principal, Rule, Unauthenticated};
use fastmcp::item::{
    Annotations, Call, Content, InvalidArguments, Outcome, Registry, ToolEntry, ToolError,
    ToolOutput,
};
use fastmcp::mcp::{Endpoint, EndpointParts, MAX_BODY, Rounds, ServerInfo};
use fastmcp::parts::Parts;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::schema::judged;

pub(crate) const METADATA: &str = "https://s.test/.well-known/oauth-protected-resource/mcp";

/// What the tools of one server did.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) calls: AtomicUsize,
    pub(crate) begun: AtomicUsize,
    pub(crate) dropped: Arc<AtomicUsize>,
}

/// Counts when it is dropped.
struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn text(text: impl Into<String>) -> Outcome {
    Outcome::Done(ToolOutput {
        content: vec![Content::Text { text: text.into() }],
        structured: None,
    })
}

fn state<'a>(call: &Call<'a>) -> &'a State {
    call.app.downcast_ref::<State>().unwrap()
}

fn echo(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    state(&call).calls.fetch_add(1, Ordering::SeqCst);
    Box::pin(async move {
        match call.arguments {
            Some(arguments) if arguments.contains("bad") => {
                Outcome::Invalid(InvalidArguments("`bad` does not fit".to_owned()))
            }
            arguments => text(arguments.unwrap_or("nothing")),
        }
    })
}

fn whoami(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    state(&call).calls.fetch_add(1, Ordering::SeqCst);
    Box::pin(async move { text(call.session.map_or("nobody", AuthSession::subject)) })
}

fn fail(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        match call.arguments.unwrap_or_default() {
            arguments if arguments.contains("shown") => {
                Outcome::Failed(ToolError::new("no such note"))
            }
            arguments if arguments.contains("masked") => {
                Outcome::Failed(std::io::Error::other("db at 10.0.0.1").into())
            }
            arguments if arguments.contains("panic") => panic!("with a secret"),
            _ => std::future::pending().await,
        }
    })
}

fn work(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        state(&call).begun.fetch_add(1, Ordering::SeqCst);
        let _guard = OnDrop(Arc::clone(&state(&call).dropped));
        let arguments = call.arguments.unwrap_or_default();
        if arguments.contains("quiet") {
            return text("quiet");
        }
        for step in [0.25, 0.5, 1.0] {
            call.context.progress(step, "working").await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if arguments.contains("forever") {
            std::future::pending::<()>().await;
        }
        text("worked")
    })
}

fn schema() -> fastmcp::item::Schema {
    let Value::Object(schema) = serde_json::json!({ "type": "object" }) else {
        unreachable!()
    };
    schema
}

/// A rule that panics.
static RASH: Predicate = Predicate {
    name: "rash",
    call: |_| Box::pin(async { panic!("in a rule") }),
};

type Shim = for<'a> fn(Call<'a>) -> BoxFuture<'a, Outcome>;

fn tool(name: &'static str, rule: Rule, plain: bool, call: Shim) -> &'static ToolEntry {
    Box::leak(Box::new(ToolEntry {
        name,
        title: None,
        description: "For tests.",
        icons: &[],
        annotations: Annotations::default(),
        input_schema: schema,
        written: None,
        mirrored: &[],
        output_schema: || None,
        rule,
        timeout: Some(Duration::from_secs(2)),
        plain,
        task: None,
        location: "here",
        module: "tests",
        accepts_app: |app| app.is::<State>(),
        call,
    }))
}

/// A tool whose clients repeat arguments in headers.
fn mirrored(
    name: &'static str,
    mirrored: &'static [(&'static str, &'static str)],
) -> &'static ToolEntry {
    Box::leak(Box::new(ToolEntry {
        mirrored,
        ..*tool(name, Rule::Public, true, echo)
    }))
}

/// Tokens are names: `ada` reads, `root` is an admin with every scope, `down` cannot be checked.
struct Names;

impl Authenticator for Names {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        Box::pin(async move {
            let (scopes, roles): (&[&str], &[&str]) = match token {
                "ada" | "bob" => (&["read"], &[]),
                "root" => (&["read", "write"], &["admin"]),
                "down" => {
                    return Err(Unauthenticated::Unavailable {
                        retry_after: Duration::from_secs(3),
                    });
                }
                _ => return Err(Unauthenticated::InvalidToken),
            };
            let set = |words: &[&str]| words.iter().map(ToString::to_string).collect();
            let principal = Principal {
                subject: token.to_owned(),
                client_id: "client".to_owned(),
                scopes: set(scopes),
                roles: set(roles),
                ..Principal::default()
            };
            Ok(AuthSession::new(principal, None))
        })
    }

    fn resource_metadata(&self) -> &str {
        METADATA
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Auth {
    Off,
    On,
    Anonymous,
}

pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) endpoint: Endpoint,
    pub(crate) state: Arc<State>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn code(&self) -> i64 {
        self.json()["error"]["code"].as_i64().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Text of the tool result.
    pub(crate) fn said(&self) -> String {
        self.json()["result"]["content"][0]["text"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

pub(crate) fn server(auth: Auth) -> Server {
    let registry = Registry::of(vec![
        tool("whoami", Rule::Default, true, whoami),
        tool("echo", Rule::Public, true, echo),
        mirrored("routed", &[("region", "Region")]),
        tool("purge", Rule::Role("admin"), true, echo),
        tool(
            "write",
            Rule::All(&[Rule::Scope("read"), Rule::Scope("write")]),
            true,
            echo,
        ),
        tool("fail", Rule::Public, true, fail),
        tool("rash", Rule::Check(&RASH), true, echo),
        tool("work", Rule::Public, false, work),
    ]);
    serve(registry.unwrap(), auth)
}

pub(crate) fn serve(registry: Registry, auth: Auth) -> Server {
    let state = Arc::new(State::default());
    let authenticator: Option<Arc<dyn Authenticator>> =
        (auth != Auth::Off).then(|| Arc::new(Names) as _);
    let parts = Parts::system(Duration::from_secs(1)).unwrap();
    let endpoint = Endpoint::new(EndpointParts {
        registry,
        app: Arc::clone(&state) as _,
        around: Vec::new(),
        authenticator,
        anonymous: auth == Auth::Anonymous,
        info: ServerInfo {
            name: "test".to_owned(),
            title: Some("Test".to_owned()),
            version: "1.2.3".to_owned(),
            instructions: Some("Call \"echo\".".to_owned()),
        },
        allowed_origins: vec!["https://app.test".to_owned()],
        allowed_hosts: vec!["s.test".to_owned(), "localhost".to_owned()],
        scopes_offered: BTreeSet::from(["read".to_owned()]),
        max_body: MAX_BODY,
        rounds: Rounds::of_process(&parts),
        tasks: None,
        parts,
    });
    Server {
        router: judged(endpoint.router()),
        endpoint,
        state,
    }
}

impl Server {
    pub(crate) fn calls(&self) -> usize {
        self.state.calls.load(Ordering::SeqCst)
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri("/mcp?access_token=root");
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "s.test");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// A POST as clients of the legacy era send it.
    pub(crate) async fn post(&self, extra: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        headers.extend_from_slice(extra);
        self.send("POST", &headers, body).await
    }

    /// A well-formed request of the modern era.
    pub(crate) async fn modern(
        &self,
        method: &str,
        mut params: Value,
        extra: &[(&str, &str)],
    ) -> Answer {
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = serde_json::json!({});
        let body = serde_json::json!({
            "jsonrpc": "2.0", "id": 7, "method": method, "params": params
        });
        let name = params["name"].as_str().or(params["uri"].as_str());
        let name = name.unwrap_or_default().to_owned();
        let mut headers = vec![
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
        ];
        if !name.is_empty() {
            headers.push(("mcp-name", &name));
        }
        headers.extend_from_slice(extra);
        self.post(&headers, body.to_string()).await
    }

    /// A legacy request.
    pub(crate) async fn legacy(&self, method: &str, params: Value, token: Option<&str>) -> Answer {
        let body = serde_json::json!({
            "jsonrpc": "2.0", "id": 1, "method": method, "params": params
        });
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|b| ("authorization", b.as_str()))
            .collect();
        self.post(&headers, body.to_string()).await
    }

    /// A legacy call of a tool.
    pub(crate) async fn call(&self, name: &str, arguments: Value, token: Option<&str>) -> Answer {
        let params = serde_json::json!({ "name": name, "arguments": arguments });
        self.legacy("tools/call", params, token).await
    }
}
