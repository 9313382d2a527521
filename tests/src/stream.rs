//! An answer that is read while it comes.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::schema::{Asked, Event, Reader};

/// No event takes longer, even on two busy cores.
const LIMIT: Duration = Duration::from_secs(30);

/// An open answer of an MCP endpoint.
pub struct Stream {
    response: reqwest::Response,
    reader: Reader,
    ready: VecDeque<Event>,
}

impl Stream {
    /// Sends a request with what every client sends, and `headers`.
    pub async fn open(
        http: &Client,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Self {
        let all = [
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        let all: Vec<_> = all.iter().chain(headers).copied().collect();
        let header = |wanted: &str| {
            let mut all = all.iter();
            all.find(|(name, _)| *name == wanted)
                .map(|(_, value)| *value)
        };
        let asked = Asked::new(header, body.as_bytes());
        let mut request = http.request(method, url).body(body);
        for (name, value) in &all {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let reader = Reader::new(asked, response.headers());
        Self {
            response,
            reader,
            ready: VecDeque::new(),
        }
    }

    /// A request of 2026-07-28 by `token`, if there is one.
    pub async fn modern(
        http: &Client,
        url: &str,
        token: Option<&str>,
        method: &str,
        mut params: Value,
    ) -> Self {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "progressToken": "t",
        });
        params["_meta"] = meta;
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        let body = json!({ "jsonrpc": "2.0", "id": 3, "method": method, "params": params });
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
        ];
        if !name.is_empty() {
            headers.push(("mcp-name", &name));
        }
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        Self::open(http, Method::POST, url, &headers, body.to_string()).await
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The next message; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some(event) = self.ready.pop_front() {
                if !event.data.is_empty() {
                    return Some(event.json());
                }
            }
            let chunk = tokio::time::timeout(LIMIT, self.response.chunk()).await;
            let chunk = chunk.expect("in time").expect("a whole stream")?;
            self.ready.extend(self.reader.push(&chunk));
        }
    }

    /// The rest of the body, which is no stream of events.
    pub async fn body(mut self) -> String {
        let rest = async {
            while let Some(chunk) = self.response.chunk().await.expect("a whole body") {
                self.reader.push(&chunk);
            }
            self.reader.end()
        };
        tokio::time::timeout(LIMIT, rest).await.expect("in time")
    }
}
