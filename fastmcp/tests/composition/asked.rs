//! A client of a router in this process.

use axum::Router;
use axum::body::{Body, to_bytes};
use fastmcp::server::Server;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::schema::judged;

/// What a server answers.
pub(crate) struct Asked(Router);

impl Asked {
    pub(crate) async fn of(server: Server) -> Self {
        Self(judged(server.router().await.unwrap()))
    }

    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            // Without one it would be the oldest, which has no links to resources.
            .header("mcp-protocol-version", "2025-11-25")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// The names, or addresses, in one list.
    pub(crate) async fn listed(&self, kind: &str, key: &str) -> Vec<String> {
        let answer = self.ask(&format!("{kind}/list"), json!({})).await;
        let list = kind.split('/').next_back().unwrap();
        let list = if list == "templates" {
            "resourceTemplates"
        } else {
            list
        };
        let items = answer["result"][list]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let name = |item: &Value| item[key].as_str().unwrap_or_default().to_owned();
        items.iter().map(name).collect()
    }

    pub(crate) async fn tools(&self) -> Vec<String> {
        self.listed("tools", "name").await
    }

    /// The text that a tool gives.
    pub(crate) async fn call(&self, name: &str, arguments: Value) -> String {
        let params = json!({ "name": name, "arguments": arguments });
        let answer = self.ask("tools/call", params).await;
        let text = answer["result"]["content"][0]["text"].as_str();
        text.map_or_else(|| answer["error"]["message"].to_string(), str::to_owned)
    }

    pub(crate) async fn read(&self, uri: &str) -> Value {
        let answer = self.ask("resources/read", json!({ "uri": uri })).await;
        answer["result"]["contents"][0].clone()
    }
}
