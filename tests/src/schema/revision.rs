//! Which revision a message has to keep to, and what is remembered to know it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;

use super::definitions::REVISIONS;

/// What a session agreed on, and which method each of its requests had.
pub(super) struct Session {
    pub(super) revision: &'static str,
    asked: HashMap<String, String>,
}

/// The sessions of this process.
pub(super) fn sessions() -> MutexGuard<'static, HashMap<String, Session>> {
    static SESSIONS: OnceLock<Mutex<HashMap<String, Session>>> = OnceLock::new();
    let sessions = SESSIONS.get_or_init(Mutex::default);
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    pub(super) fn new(revision: &'static str) -> Self {
        let asked = HashMap::new();
        Self { revision, asked }
    }

    /// Remembers what a request, or each of a batch, asks for.
    pub(super) fn note(&mut self, sent: &Value) {
        for request in each(sent) {
            if let (Some(id), Some(method)) = (request.get("id"), request["method"].as_str()) {
                self.asked.insert(id.to_string(), method.to_owned());
            }
        }
    }

    /// The method that was asked for under this id.
    pub(super) fn asked(&self, id: &Value) -> Option<String> {
        self.asked.get(&id.to_string()).cloned()
    }
}

/// The method that an answer of this id is to.
pub(super) fn asked(sent: &Value, id: &Value) -> Option<String> {
    let asked = each(sent).find(|request| request.get("id") == Some(id))?;
    asked["method"].as_str().map(str::to_owned)
}

/// The one message, or those of a batch.
fn each(sent: &Value) -> impl Iterator<Item = &Value> {
    let batch = sent.as_array();
    let one = batch.is_none().then_some(sent);
    batch.into_iter().flatten().chain(one)
}

/// The revision of that name, if it is served.
pub(super) fn known(name: &str) -> Option<&'static str> {
    REVISIONS.into_iter().find(|known| *known == name)
}

/// What an answer to `initialize` agrees on.
pub(super) fn agreed(answer: &Value) -> &'static str {
    let agreed = answer["result"]["protocolVersion"].as_str();
    agreed.and_then(known).unwrap_or("2025-11-25")
}

/// What a request says of itself. One that names a revision that is not served is refused in the
/// words of the newest.
pub(super) fn named(request: &Value, header: Option<&str>) -> Option<&'static str> {
    let in_body = &request["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"];
    let named = in_body.as_str().or(header)?;
    Some(known(named).unwrap_or(REVISIONS[0]))
}
