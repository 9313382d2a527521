//! One request and everything that belongs to it, in the words of either era.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderName, Method};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::events::Events;
use super::line::{Line, Response};
use super::questions::Questions;
use super::refusal;
use super::{Error, Revision};

/// A tool that asks in more rounds than this never ends.
const ROUNDS: usize = 64;
/// How often the rest of an answer is fetched after its connection ended.
const RESUMED: usize = 64;

pub(super) type Headers = Vec<(HeaderName, String)>;

/// A client's side of the protocol.
pub(super) struct Conversation {
    pub(super) line: Line,
    pub(super) revision: Revision,
    /// Behind a lock, because a refresh exchanges it.
    pub(super) token: Arc<Mutex<Option<String>>>,
    pub(super) questions: Questions,
    next_id: AtomicU64,
    session: OnceCell<Option<String>>,
}

/// A result and the notifications before it.
pub(super) struct Told {
    pub(super) result: Value,
    pub(super) notices: Vec<Value>,
}

impl Conversation {
    pub(super) fn new(
        line: Line,
        revision: Revision,
        token: Arc<Mutex<Option<String>>>,
        questions: Questions,
    ) -> Self {
        Self {
            line,
            revision,
            token,
            questions,
            next_id: AtomicU64::new(1),
            session: OnceCell::new(),
        }
    }

    /// Asks, answers what is asked back, and gives the result.
    pub(super) async fn request(
        &self,
        method: &str,
        mut params: Map<String, Value>,
        more: &Headers,
    ) -> Result<Told, Error> {
        let mut notices = Vec::new();
        if self.revision.has_sessions() {
            let result = self.in_session(method, params, &mut notices).await?;
            return Ok(Told { result, notices });
        }
        for _ in 0..ROUNDS {
            let round = self.round(method, &params, more, &mut notices);
            let result = round.await?;
            if result["resultType"] != "input_required" {
                return Ok(Told { result, notices });
            }
            let asked = result["inputRequests"].as_object().into_iter().flatten();
            let answers = asked.map(|(key, request)| {
                let method = request["method"].as_str().unwrap_or_default();
                let answer = self.questions.answer(method, &request["params"]);
                let answer = answer.ok_or_else(|| unexpected(method))?;
                Ok((key.clone(), answer))
            });
            let answers = answers.collect::<Result<Map<_, _>, Error>>()?;
            params.insert("inputResponses".into(), answers.into());
            match result.get("requestState") {
                Some(state) => params.insert("requestState".into(), state.clone()),
                None => params.remove("requestState"),
            };
        }
        let problem = format!("`{method}` still asks in round {ROUNDS}");
        Err(Error::Broken(problem))
    }

    /// One request of 2026-07-28.
    async fn round(
        &self,
        method: &str,
        params: &Map<String, Value>,
        more: &Headers,
        notices: &mut Vec<Value>,
    ) -> Result<Value, Error> {
        let id = self.new_id();
        let mut params = params.clone();
        params.insert(
            "_meta".into(),
            json!({
                "io.modelcontextprotocol/protocolVersion": self.revision.name(),
                "io.modelcontextprotocol/clientInfo": client_info(),
                "io.modelcontextprotocol/clientCapabilities": self.questions.capabilities(),
                "io.modelcontextprotocol/logLevel": "debug",
                "progressToken": id,
            }),
        );
        let mut headers = self.headers();
        headers.extend_from_slice(more);
        headers.push((HeaderName::from_static("mcp-method"), method.into()));
        let name = params.get("name").or_else(|| params.get("uri"));
        if let Some(name) = name.and_then(Value::as_str) {
            headers.push((HeaderName::from_static("mcp-name"), encoded(name)));
        }
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let response = self.line.send(Method::POST, &headers, body.to_string());
        self.read(response.await?, id, notices).await
    }

    /// One request before 2026-07-28, in a session that is opened by the first one.
    async fn in_session(
        &self,
        method: &str,
        mut params: Map<String, Value>,
        notices: &mut Vec<Value>,
    ) -> Result<Value, Error> {
        self.session.get_or_try_init(|| self.open()).await?;
        let id = self.new_id();
        params.insert("_meta".into(), json!({ "progressToken": id }));
        self.post(method, id, params.into(), notices).await
    }

    async fn open(&self) -> Result<Option<String>, Error> {
        let id = self.new_id();
        let params = json!({
            "protocolVersion": self.revision.name(),
            "capabilities": self.questions.capabilities(),
            "clientInfo": client_info(),
        });
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "initialize", "params": params });
        let headers = self.unversioned();
        let sent = self.line.send(Method::POST, &headers, body.to_string());
        let response = sent.await?;
        let session = response.header("mcp-session-id").map(str::to_owned);
        let greeting = match self.read(response, id, &mut Vec::new()).await {
            // What is public needs no session; the request itself says whether it is.
            Err(Error::Refused(refused)) if refused.is_sign_in() => return Ok(None),
            greeting => greeting?,
        };
        let agreed = &greeting["protocolVersion"];
        if agreed != self.revision.name() {
            let problem = format!("the server speaks {agreed}, not {}", self.revision);
            return Err(Error::Broken(problem));
        }
        let mut headers = self.headers();
        if let Some(session) = &session {
            headers.push((SESSION, session.clone()));
        }
        let started = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let sent = self.line.send(Method::POST, &headers, started.to_string());
        sent.await?;
        if greeting["capabilities"].get("logging").is_some() {
            let id = self.new_id();
            let level = json!({ "jsonrpc": "2.0", "id": id, "method": "logging/setLevel",
                "params": { "level": "debug" } });
            let sent = self.line.send(Method::POST, &headers, level.to_string());
            self.read(sent.await?, id, &mut Vec::new()).await?;
        }
        Ok(session)
    }

    async fn post(
        &self,
        method: &str,
        id: u64,
        params: Value,
        notices: &mut Vec<Value>,
    ) -> Result<Value, Error> {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let headers = self.headers();
        let sent = self.line.send(Method::POST, &headers, body.to_string());
        self.read(sent.await?, id, notices).await
    }

    /// The result of request `id`, from a body or a stream.
    async fn read(
        &self,
        mut response: Response,
        id: u64,
        notices: &mut Vec<Value>,
    ) -> Result<Value, Error> {
        if !response.is_stream() {
            let body = response.whole().await?;
            if let Some(refused) = refusal::of(&response, &body) {
                return Err(Error::Refused(refused));
            }
            let message = serde_json::from_slice(&body).map_err(|_| {
                let body = String::from_utf8_lossy(&body);
                Error::Broken(format!("status {}: {body}", response.status))
            })?;
            return outcome(message);
        }
        let mut events = Events::of(response);
        for _ in 0..RESUMED {
            while let Some(message) = events.next().await? {
                match message["method"].as_str() {
                    Some(method) if message.get("id").is_some() => {
                        self.answer(method, &message).await?;
                    }
                    Some(_) => notices.push(message),
                    None if message["id"] == id => return outcome(message),
                    None => {}
                }
            }
            let Some(last) = events.last_id() else { break };
            let mut headers = self.headers();
            headers.push((HeaderName::from_static("last-event-id"), last.to_owned()));
            let response = self.line.send(Method::GET, &headers, String::new()).await?;
            if !response.is_stream() {
                break;
            }
            events = Events::of(response);
        }
        Err(Error::broken("the stream ended before the answer"))
    }

    /// Answers a question that came on the stream.
    async fn answer(&self, method: &str, question: &Value) -> Result<(), Error> {
        let id = &question["id"];
        let body = match self.questions.answer(method, &question["params"]) {
            Some(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            None => return Err(unexpected(method)),
        };
        let headers = self.headers();
        let sent = self.line.send(Method::POST, &headers, body.to_string());
        let status = sent.await?.status;
        if status == 202 {
            return Ok(());
        }
        let problem = format!("an answer to `{method}` was answered with {status}");
        Err(Error::Broken(problem))
    }

    fn headers(&self) -> Headers {
        let mut headers = self.unversioned();
        // The header is younger than that revision.
        if self.revision != Revision::V2025_03_26 {
            headers.push((VERSION, self.revision.name().into()));
        }
        headers
    }

    /// The headers of a request that comes before a revision is agreed upon.
    fn unversioned(&self) -> Headers {
        let accept = "application/json, text/event-stream";
        let mut headers: Headers = vec![
            (http::header::CONTENT_TYPE, "application/json".into()),
            (http::header::ACCEPT, accept.into()),
        ];
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = &*token {
            headers.push((http::header::AUTHORIZATION, format!("Bearer {token}")));
        }
        if let Some(Some(session)) = self.session.get() {
            headers.push((SESSION, session.clone()));
        }
        headers
    }

    fn new_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }
}

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

fn client_info() -> Value {
    json!({ "name": "fastmcp-testing", "version": env!("CARGO_PKG_VERSION") })
}

fn unexpected(method: &str) -> Error {
    Error::Broken(format!(
        "the server asked by `{method}`, for which this client has no answer"
    ))
}

/// The result in a message, or its error.
fn outcome(mut message: Value) -> Result<Value, Error> {
    if let Some(error) = message.get("error") {
        return Err(Error::Rpc {
            code: error["code"].as_i64().unwrap_or_default(),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
            data: error.get("data").cloned(),
        });
    }
    match message.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(Error::broken(message)),
    }
}

/// A value as a header: what a header cannot carry is written in base64 (2026-07-28,
/// transports/streamable-http section 6).
pub(super) fn encoded(value: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && value.trim() == value
        && !value.starts_with("=?base64?");
    if plain {
        value.to_owned()
    } else {
        format!("=?base64?{}?=", STANDARD.encode(value))
    }
}
