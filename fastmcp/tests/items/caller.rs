//! Requests as clients send them, to an endpoint with everything that is declared.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use fastmcp::auth::{AuthSession, Authenticator, Principal, Unauthenticated};
use fastmcp::item::Registry;
use fastmcp::mcp::{Endpoint, EndpointParts, MAX_BODY, ServerInfo};
use fastmcp::parts::Parts;
use futures_util::future::BoxFuture;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::Library;

/// Tokens are names: `ada` may read books, `lib` is a librarian, `eve` may nothing.
struct Names;

impl Authenticator for Names {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        let (scopes, roles): (&[&str], &[&str]) = match token {
            "ada" => (&["books:read"], &[]),
            "lib" => (&["books:read"], &["librarian"]),
            "eve" => (&[], &[]),
            _ => return Box::pin(async { Err(Unauthenticated::InvalidToken) }),
        };
        let set = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let principal = Principal {
            subject: token.to_owned(),
            client_id: "client".to_owned(),
            scopes: set(scopes),
            roles: set(roles),
            ..Principal::default()
        };
        Box::pin(async { Ok(AuthSession::new(principal, None)) })
    }

    fn resource_metadata(&self) -> &'static str {
        "https://s.test/.well-known/oauth-protected-resource/mcp"
    }
}

fn router() -> Router {
    let parts = Parts::system(Duration::from_secs(1)).unwrap();
    let endpoint = Endpoint::new(EndpointParts {
        around: vec![],
        rounds: fastmcp::mcp::Rounds::of_process(&parts),
        tasks: None,
        registry: Registry::collect().unwrap(),
        app: Arc::new(Library {
            titles: vec!["Emma", "Middlemarch", "Persuasion"],
        }),
        authenticator: Some(Arc::new(Names)),
        anonymous: false,
        info: ServerInfo {
            name: "library".to_owned(),
            title: None,
            version: "1".to_owned(),
            instructions: None,
        },
        allowed_origins: vec![],
        allowed_hosts: vec!["s.test".to_owned()],
        scopes_offered: BTreeSet::new(),
        max_body: MAX_BODY,
        parts,
    });
    endpoint.router()
}

/// The status, and the whole answer.
pub(crate) async fn ask(user: &str, method: &str, params: Value) -> (u16, Value) {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut request = Request::post("/mcp")
        .header("host", "s.test")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    if !user.is_empty() {
        request = request.header("authorization", format!("Bearer {user}"));
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    let response = router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    // Where a peer is lent, the answer comes as an event.
    let json = text.lines().find_map(|line| line.strip_prefix("data: "));
    let json = serde_json::from_str(json.unwrap_or(&text));
    (status, json.unwrap_or(Value::Null))
}

/// The result of a request that succeeds.
pub(crate) async fn result(user: &str, method: &str, params: Value) -> Value {
    let (status, answer) = ask(user, method, params).await;
    assert_eq!((status, &answer["error"]), (200, &Value::Null), "{answer}");
    answer["result"].clone()
}

/// The code and the text of a JSON-RPC error.
pub(crate) async fn error(user: &str, method: &str, params: Value) -> (i64, String) {
    let (_, answer) = ask(user, method, params).await;
    let error = &answer["error"];
    let text = error["message"].as_str().unwrap_or_default().to_owned();
    (error["code"].as_i64().unwrap_or_default(), text)
}

/// One member of each item of a list.
pub(crate) fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[member].as_str().unwrap()).collect()
}
