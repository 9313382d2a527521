//! Requests as bytes, and whether an answer is the right one.

use serde_json::{Value, json};

use crate::Result;

/// A protocol era, as the servers here speak it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// 2025-11-25.
    Legacy,
    /// 2026-07-28.
    Modern,
}

impl Era {
    /// Its version.
    pub fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }
}

/// What is asked in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// `tools/call` of `echo`.
    Echo,
    /// `tools/call` of `steps`, with a progress token.
    Steps,
    /// `tools/list`.
    List,
}

/// The text that `echo` is asked to repeat.
const TEXT: &str = "a text of some length, to be repeated";

/// How many notes of progress `steps` makes.
pub const STEPS: usize = 10;

/// How many tools a server with many has.
pub const TOOLS: usize = 200;

impl Question {
    fn method(self) -> &'static str {
        match self {
            Self::Echo | Self::Steps => "tools/call",
            Self::List => "tools/list",
        }
    }

    fn tool(self) -> Option<&'static str> {
        match self {
            Self::Echo => Some("echo"),
            Self::Steps => Some("steps"),
            Self::List => None,
        }
    }

    fn params(self, era: Era) -> Value {
        let mut params = match self {
            Self::Echo => json!({"name": "echo", "arguments": {"text": TEXT}}),
            Self::Steps => json!({"name": "steps", "arguments": {}}),
            Self::List => json!({}),
        };
        let mut meta = json!({});
        if era == Era::Modern {
            meta = json!({
                "io.modelcontextprotocol/protocolVersion": era.version(),
                "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        if self == Self::Steps {
            meta["progressToken"] = json!("p");
        }
        if meta != json!({}) {
            params["_meta"] = meta;
        }
        params
    }

    /// The request, with the headers that the era wants and those of the caller.
    pub fn request(self, authority: &str, era: Era, more: &[(&str, &str)]) -> Vec<u8> {
        let body = json!({
            "jsonrpc": "2.0", "id": 1, "method": self.method(), "params": self.params(era),
        });
        let mut headers = vec![("mcp-protocol-version", era.version())];
        if era == Era::Modern {
            headers.push(("mcp-method", self.method()));
            headers.extend(self.tool().map(|tool| ("mcp-name", tool)));
        }
        headers.extend(more);
        message(authority, &headers, &body)
    }

    /// Whether `body` answers the question.
    ///
    /// # Errors
    /// It does not; the text has the body.
    pub fn judge(self, status: u16, body: &[u8]) -> Result<()> {
        let text = String::from_utf8_lossy(body);
        if status == 200 && self.is_answered(&text) {
            return Ok(());
        }
        let text: String = text.chars().take(2000).collect();
        Err(format!("a wrong answer, status {status}: {text}").into())
    }

    fn is_answered(self, text: &str) -> bool {
        let messages = messages(text);
        let Some((last, notes)) = messages.split_last() else {
            return false;
        };
        let result = &last["result"];
        let content = result["content"][0]["text"].as_str();
        let fine = last["id"] == json!(1) && result["isError"] != json!(true);
        let told = || {
            let progress = |note: &&Value| note["method"] == json!("notifications/progress");
            notes.iter().filter(progress).count()
        };
        fine && match self {
            Self::Echo => content == Some(TEXT),
            Self::Steps => content == Some("done") && told() == STEPS,
            Self::List => result["tools"].as_array().map(Vec::len) == Some(TOOLS),
        }
    }
}

/// The messages of an answer that is JSON or a stream of events.
fn messages(text: &str) -> Vec<Value> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).into_iter().collect();
    }
    text.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .filter_map(|data| serde_json::from_str(data).ok())
        .collect()
}

/// A POST to the MCP endpoint.
pub fn message(authority: &str, headers: &[(&str, &str)], body: &Value) -> Vec<u8> {
    let mut all = vec![
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("user-agent", "bench/1"),
    ];
    all.extend(headers);
    request("POST", authority, "/mcp", &all, &body.to_string())
}

/// Any request.
pub fn request(
    method: &str,
    authority: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if method == "POST" {
        text.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}
