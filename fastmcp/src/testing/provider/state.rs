//! What a provider remembers: logins, live tokens, and a diary of every call.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::keys::Keys;
use super::knobs::Knobs;
use super::shape::Shape;
use crate::parts::Random;
use crate::testing::Clock;

/// One call that reached a provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Call {
    /// `authorize`, `token`, `refresh`, `userinfo`, `emails`, `memberships`, `jwks`, `revoke` or
    /// `discovery`.
    pub endpoint: String,
    /// Query or form, in order.
    pub parameters: Vec<(String, String)>,
    /// The `Authorization` header, if one came.
    pub authorization: Option<String>,
    /// The trace that it belongs to, if it said so.
    pub traceparent: Option<String>,
}

impl Call {
    /// The first parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// An authorization code that was handed out.
pub(super) struct Code {
    pub(super) challenge: String,
    pub(super) redirect_uri: String,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
}

/// Everything that changes.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) knobs: Knobs,
    pub(super) calls: Vec<Call>,
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) issued: Vec<String>,
    pub(super) codes: BTreeMap<String, Code>,
    /// Live access tokens → scope.
    pub(super) access: BTreeMap<String, String>,
    /// Live refresh tokens → scope.
    pub(super) refresh: BTreeMap<String, String>,
    /// Access and refresh tokens → who signed in.
    pub(super) owners: BTreeMap<String, String>,
    /// What was known of everybody who signed in, when they did.
    pub(super) people: BTreeMap<String, Map<String, Value>>,
    hits: BTreeMap<String, u32>,
}

impl Memory {
    /// A new secret, remembered for the leak checks.
    pub(super) fn mint(&mut self) -> String {
        let secret = Random::system().token();
        self.issued.push(secret.clone());
        secret
    }

    /// What is known of somebody: by the knobs, if they are about that person, and otherwise as it
    /// was at the sign-in.
    pub(super) fn claims_of(&self, user: &str) -> Map<String, Value> {
        let known = self.people.get(user).filter(|_| self.knobs.user != user);
        known.unwrap_or(&self.knobs.claims).clone()
    }

    /// New knobs start new counts.
    pub(super) fn turn(&mut self, knobs: Knobs) {
        self.knobs = knobs;
        self.hits.clear();
    }
}

/// The provider.
pub(super) struct State {
    pub(super) url: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) keys: Keys,
    pub(super) shape: Shape,
    pub(super) clock: Clock,
    memory: Mutex<Memory>,
}

impl State {
    pub(super) fn new(
        url: String,
        (client_id, client_secret): (String, String),
        shape: Shape,
        clock: Clock,
    ) -> Self {
        Self {
            url,
            client_id,
            client_secret,
            keys: Keys::generate(),
            shape,
            clock,
            memory: Mutex::default(),
        }
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the call down, then waits and breaks as the knobs say.
    pub(super) async fn arrive(
        &self,
        endpoint: &str,
        headers: &HeaderMap,
        parameters: Vec<(String, String)>,
    ) -> Result<(), Response> {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let (authorization, traceparent) = (header("authorization"), header("traceparent"));
        let fault = {
            let mut memory = self.memory();
            memory.calls.push(Call {
                endpoint: endpoint.into(),
                parameters,
                authorization: authorization.map(Into::into),
                traceparent: traceparent.map(Into::into),
            });
            *memory.counts.entry(endpoint.into()).or_default() += 1;
            let fault = memory.knobs.faults.get(endpoint).cloned();
            let hits = memory.hits.entry(endpoint.into()).or_default();
            *hits += 1;
            let hits = *hits;
            fault.filter(|fault| fault.times.is_none_or(|times| hits <= times))
        };
        let Some(fault) = fault else { return Ok(()) };
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        let Some(status) = fault.status else {
            return Ok(());
        };
        let mut answer = Response::builder().status(status);
        if !fault.content_type.is_empty() {
            answer = answer.header("content-type", fault.content_type);
        }
        for (name, value) in fault.headers {
            answer = answer.header(name, value);
        }
        Err(answer
            .body(Body::from(fault.body))
            .expect("knobs make a valid answer"))
    }
}

/// A JSON answer.
pub(super) fn json(status: StatusCode, value: &Value) -> Response {
    respond(status, "application/json", value.to_string())
}

/// An answer of any type.
pub(super) fn respond(status: StatusCode, content_type: &str, body: String) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("cache-control", "no-store")
        .body(Body::from(body))
        .expect("the provider makes valid answers")
}

/// A query or a form, decoded.
pub(super) fn parameters(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}
