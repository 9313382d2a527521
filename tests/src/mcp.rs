//! An MCP client over Streamable HTTP, in both protocol eras, one request at a time.

use serde_json::{Value, json};

use crate::http::{Answer, Http};

/// A protocol era.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Era {
    /// 2026-07-28: stateless, the envelope travels with each request.
    Modern,
    /// 2025-11-25: `initialize` first, perhaps a session.
    Legacy,
}

impl Era {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Modern, Self::Legacy];

    fn version(self) -> &'static str {
        match self {
            Self::Modern => "2026-07-28",
            Self::Legacy => "2025-11-25",
        }
    }
}

/// A client of one server with one token.
#[derive(Clone)]
pub struct Mcp {
    http: Http,
    url: String,
    era: Era,
    token: Option<String>,
    session: Option<String>,
    capabilities: Value,
}

impl Mcp {
    /// Connects; in the legacy era that is the handshake, which must succeed.
    pub async fn connect(url: &str, era: Era, token: Option<&str>) -> Self {
        Self::connect_by(&Http::new(), url, era, token).await
    }

    /// The same, sending by `http`.
    pub async fn connect_by(http: &Http, url: &str, era: Era, token: Option<&str>) -> Self {
        let token = token.map(Into::into);
        let mut mcp = Self {
            http: http.clone(),
            url: url.into(),
            era,
            token,
            session: None,
            capabilities: json!({}),
        };
        if era == Era::Legacy {
            mcp.handshake().await;
        }
        mcp
    }

    /// A client in the modern era, which connects to nothing, sending by `http`.
    pub fn by(http: &Http, url: &str, token: &str) -> Self {
        Self {
            http: http.clone(),
            url: url.into(),
            era: Era::Modern,
            token: Some(token.into()),
            session: None,
            capabilities: json!({}),
        }
    }

    async fn handshake(&mut self) {
        let client = json!({"name": "tests", "version": "1"});
        let params = json!({
            "protocolVersion": self.era.version(), "capabilities": {}, "clientInfo": client,
        });
        let answer = self.request("initialize", params).await;
        let result = &message(&answer)["result"];
        assert_eq!(result["protocolVersion"], self.era.version(), "{answer:?}");
        self.session = answer.header("mcp-session-id").map(Into::into);
        let body = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let answer = self.post("notifications/initialized", None, &body).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", self.url));
        assert_eq!(answer.status, 202, "{answer:?}");
    }

    /// Goes on with these capabilities, which it declares in the modern era.
    #[must_use]
    pub fn declaring(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Goes on with another token, as after a refresh.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Goes on without a token, in the same session if there is one.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        self.token = None;
        self
    }

    /// The session of the legacy era, if the server opened one.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// Sends a request and gives the answer as it came.
    pub async fn request(&self, method: &str, params: Value) -> Answer {
        let sent = self.try_request(method, params).await;
        sent.unwrap_or_else(|error| panic!("{method} at {}: {error:?}", self.url))
    }

    /// As [`Mcp::request`]; an error is a connection that broke.
    pub async fn try_request(&self, method: &str, mut params: Value) -> reqwest::Result<Answer> {
        if self.era == Era::Modern {
            let mut meta = json!({
                "io.modelcontextprotocol/protocolVersion": self.era.version(),
                "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            });
            for (name, value) in params["_meta"].as_object().into_iter().flatten() {
                meta[name] = value.clone();
            }
            params["_meta"] = meta;
        }
        let name = params
            .get("name")
            .or_else(|| params.get("uri"))
            .or_else(|| params.get("taskId"))
            .and_then(Value::as_str)
            .map(ToOwned::to_owned);
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        self.post(method, name.as_deref(), &body).await
    }

    async fn post(
        &self,
        method: &str,
        name: Option<&str>,
        body: &Value,
    ) -> reqwest::Result<Answer> {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        headers.extend(
            self.session
                .as_deref()
                .map(|session| ("mcp-session-id", session)),
        );
        if method != "initialize" {
            headers.push(("mcp-protocol-version", self.era.version()));
        }
        if self.era == Era::Modern {
            headers.push(("mcp-method", method));
            headers.extend(name.map(|name| ("mcp-name", name)));
        }
        self.http
            .try_send("POST", &self.url, &headers, body.to_string())
            .await
    }

    /// The names of the listed tools.
    pub async fn tools(&self) -> Vec<String> {
        let answer = self.request("tools/list", json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let message = message(&answer);
        let tools = message["result"]["tools"].as_array();
        let tools = tools.unwrap_or_else(|| panic!("no list in {message}"));
        tools
            .iter()
            .filter_map(|tool| tool["name"].as_str().map(Into::into))
            .collect()
    }

    /// Calls a tool and gives the answer as it came.
    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.request("tools/call", json!({"name": tool, "arguments": arguments}))
            .await
    }

    /// Calls a tool that must succeed, and gives the text of its answer.
    pub async fn text(&self, tool: &str, arguments: Value) -> String {
        let answer = self.call(tool, arguments).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let message = message(&answer);
        let result = &message["result"];
        assert_ne!(result["isError"], json!(true), "{message}");
        let text = result["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("no text in {message}"))
            .to_owned()
    }
}

/// The JSON-RPC answer, from a JSON body or from the last event of a stream.
pub fn message(answer: &Answer) -> Value {
    let stream = answer
        .header("content-type")
        .is_some_and(|kind| kind.contains("event-stream"));
    if !stream {
        return answer.json();
    }
    let events = answer
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("data:"));
    let mut messages = events.filter_map(|data| serde_json::from_str::<Value>(data).ok());
    let last = messages.rfind(|message| message.get("id").is_some());
    last.unwrap_or_else(|| panic!("no answer in the stream: {answer:?}"))
}
