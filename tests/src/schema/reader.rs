//! One answer over HTTP, read as it comes.

use http::HeaderMap;
use serde_json::Value;

use super::definitions::against;
use super::judge;
use super::revision::{Session, agreed, asked, known, named, sessions};

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    request: Value,
    version: Option<String>,
    session: Option<String>,
}

/// An answer on its way; all that it holds is judged.
#[derive(Debug)]
pub struct Reader {
    asked: Asked,
    opened: Option<String>,
    kind: Kind,
    unread: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Json,
    Events,
    Other,
}

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// `id`.
    pub id: Option<String>,
    /// `retry`.
    pub retry: Option<String>,
    /// `data`: a message, or nothing.
    pub data: String,
}

impl Event {
    /// The message in it.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

impl Asked {
    /// A request with these headers; the body of a GET is empty.
    pub fn new<'a>(header: impl Fn(&str) -> Option<&'a str>, body: &[u8]) -> Self {
        let asked = Self {
            request: serde_json::from_slice(body).unwrap_or_default(),
            version: header("mcp-protocol-version").map(str::to_owned),
            session: header("mcp-session-id").map(str::to_owned),
        };
        let mut sessions = sessions();
        let session = asked.session.as_ref().and_then(|id| sessions.get_mut(id));
        if let Some(session) = session {
            session.note(&asked.request);
        }
        drop(sessions);
        asked
    }

    /// The same from what a server is handed.
    pub fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self::new(header, body)
    }

    /// The method that an answer with this id is to: one of this request, or, on a stream that is
    /// listened to again, an earlier one of its session.
    fn method(&self, id: &Value) -> Option<String> {
        let earlier = || {
            let session = self.session.as_ref()?;
            sessions().get(session)?.asked(id)
        };
        asked(&self.request, id).or_else(earlier)
    }

    /// Remembers a session that an answer opens.
    fn opens(&self, opened: Option<&str>, agreed: &'static str) {
        if let Some(session) = opened.filter(|_| self.request["method"] == "initialize") {
            let mut sessions = sessions();
            let session = sessions.entry(session.to_owned());
            session.or_insert_with(|| Session::new(agreed)).revision = agreed;
        }
    }

    fn revision(&self, message: &Value, opened: Option<&str>) -> &'static str {
        if self.request["method"] == "initialize" {
            let agreed = agreed(message);
            self.opens(opened, agreed);
            return agreed;
        }
        let session = self.session.as_ref();
        let in_session = session.and_then(|it| sessions().get(it).map(|it| it.revision));
        let named = || named(&self.request, self.version.as_deref());
        in_session.or_else(named).unwrap_or("2025-03-26")
    }
}

impl Reader {
    /// Reads the answer with these headers.
    pub fn new(asked: Asked, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let kind = match text("content-type").unwrap_or_default() {
            kind if kind.starts_with("text/event-stream") => Kind::Events,
            kind if kind.starts_with("application/json") => Kind::Json,
            _ => Kind::Other,
        };
        let opened = text("mcp-session-id").map(str::to_owned);
        // Until the greeting is read, if it ever is: what was asked for is agreed to.
        let asked_for = asked.request["params"]["protocolVersion"].as_str();
        let agreed = asked_for.and_then(known).unwrap_or("2025-11-25");
        asked.opens(opened.as_deref(), agreed);
        Self {
            asked,
            opened,
            kind,
            unread: Vec::new(),
        }
    }

    /// Takes a piece; gives the events that are whole now, without comments.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.unread.extend_from_slice(bytes);
        let mut events = Vec::new();
        if self.kind != Kind::Events {
            return events;
        }
        while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
            let block: Vec<u8> = self.unread.drain(..end + 2).collect();
            let block = std::str::from_utf8(&block).expect("an event is text");
            events.extend(event(block));
        }
        for event in events.iter().filter(|event| !event.data.is_empty()) {
            self.judge(&event.json());
        }
        events
    }

    /// The answer has come to its end; gives the body, or what a broken connection left unfinished.
    pub fn end(self) -> String {
        let text = String::from_utf8_lossy(&self.unread).into_owned();
        if self.kind == Kind::Json
            && let Ok(message) = serde_json::from_str::<Value>(&text)
            && (message.is_array() || message.get("jsonrpc").is_some())
        {
            self.judge(&message);
        }
        text
    }

    fn judge(&self, message: &Value) {
        let revision = self.asked.revision(message, self.opened.as_deref());
        let batch = message.as_array().filter(|_| revision == "2025-03-26");
        let Some(batch) = batch else {
            return self.judge_one(revision, message);
        };
        if let Err(problem) = against(revision, "JSONRPCBatchResponse", &with_ids(message)) {
            panic!("{problem}\nin {message}");
        }
        for message in batch {
            self.judge_one(revision, message);
        }
    }

    fn judge_one(&self, revision: &'static str, message: &Value) {
        let id = message.get("id");
        let asked = id.and_then(|id| self.asked.method(id));
        judge::message(revision, asked.as_deref(), message);
    }
}

/// An error without an id has none to give, whatever the schema of a batch says (see `judge`).
fn with_ids(batch: &Value) -> Value {
    let mut batch = batch.clone();
    for message in batch.as_array_mut().into_iter().flatten() {
        if message.get("error").is_some() && message.get("id").is_none() {
            message["id"] = 0.into();
        }
    }
    batch
}

/// What a block of lines is, if it is not only a comment.
fn event(block: &str) -> Option<Event> {
    let mut event = Event::default();
    let mut is_event = false;
    for line in block.trim_end().lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        is_event |= !field.is_empty();
        match field {
            "id" => event.id = Some(value),
            "retry" => event.retry = Some(value),
            "data" => event.data = value,
            other => assert_eq!(other, "", "a field of no event: {block}"),
        }
    }
    is_event.then_some(event)
}
