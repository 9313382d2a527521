//! One borrowed JSON-RPC parse.
//!
//! The body is read once, front to back, and everything that is kept borrows from it. Whatever
//! two readers of one body could understand differently is refused: a key that stands twice in
//! any object, trailing bytes, text that is not UTF-8, nesting deeper than 128 levels (the limit
//! of `serde_json`). Values whose type a method has to judge (a name, a cursor, a token) stay raw
//! here, so that the refusal can carry the request's id.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::params::{Params, ParamsOrNot, unique};
use super::unique::{KeySet, Text, Unique, once};

/// Most messages in one batch.
const MAX_BATCH: usize = 100;

/// What a body holds.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the usual one, and is taken apart at once"
)]
pub(crate) enum Message<'a> {
    /// One message.
    One(Frame<'a>),
    /// A batch (2025-03-26 only), each message still to be parsed.
    Batch(Vec<&'a RawValue>),
}

/// One JSON-RPC message.
#[derive(Debug)]
pub(crate) enum Frame<'a> {
    /// Asks for an answer.
    Request {
        /// A string or an integer, as JSON text.
        id: &'a str,
        /// The method.
        method: Cow<'a, str>,
        /// Its parameters.
        params: Params<'a>,
    },
    /// Asks for none.
    Notification {
        /// The method.
        method: Cow<'a, str>,
        /// Its parameters.
        params: Params<'a>,
    },
    /// Answers a request of the server.
    Response {
        /// A string or an integer, as JSON text.
        id: &'a str,
        /// The result, or an error object.
        outcome: Result<&'a RawValue, &'a RawValue>,
    },
}

/// Why a body is no message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FrameError {
    /// Not JSON, or JSON that two readers could read differently (-32700).
    NotJson,
    /// JSON, but no JSON-RPC message (-32600); with the id, if that could be read.
    NotAMessage {
        /// The id as JSON text.
        id: Option<String>,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Parses a body.
pub(crate) fn parse(body: &str) -> Result<Message<'_>, FrameError> {
    if body.trim_ascii_start().starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(body).map_err(|_| FrameError::NotJson)?;
        if items.is_empty() || items.len() > MAX_BATCH {
            return Err(invalid(None, "a batch holds 1 to 100 messages"));
        }
        return Ok(Message::Batch(items));
    }
    parse_one(body).map(Message::One)
}

/// Parses one message.
pub(crate) fn parse_one(text: &str) -> Result<Frame<'_>, FrameError> {
    if !text.trim_ascii_start().starts_with('{') {
        let _: &RawValue = serde_json::from_str(text).map_err(|_| FrameError::NotJson)?;
        return Err(invalid(None, "a message is an object"));
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|_| FrameError::NotJson)?;
    envelope.into_frame()
}

/// The text of a raw JSON string; `None` if it is something else.
pub(crate) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inside = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    // It was read as JSON before: without an escape, it says what stands there.
    if !inside.contains('\\') {
        return Some(Cow::Borrowed(inside));
    }
    let text: Result<Text<'_>, _> = serde_json::from_str(raw.get());
    text.ok().map(|text| text.0)
}

/// Whether a raw value is a string or an integer, as ids and progress tokens are.
pub(crate) fn is_id(raw: &RawValue) -> bool {
    let text = raw.get();
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.starts_with('"') || (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn invalid(id: Option<&RawValue>, problem: &'static str) -> FrameError {
    FrameError::NotAMessage {
        id: id.filter(|id| is_id(id)).map(|id| id.get().to_owned()),
        problem,
    }
}

#[derive(Default)]
struct Envelope<'a> {
    version: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    method: Option<&'a RawValue>,
    params: Option<ParamsOrNot<'a>>,
    result: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    fn into_frame(self) -> Result<Frame<'a>, FrameError> {
        let id = self.id;
        if self
            .version
            .is_none_or(|version| version.get() != "\"2.0\"")
        {
            return Err(invalid(id, "`jsonrpc` must be \"2.0\""));
        }
        if id.is_some_and(|id| !is_id(id)) {
            return Err(invalid(None, "`id` must be a string or an integer"));
        }
        let Some(method) = self.method else {
            let outcome = self.result.map(Ok).or(self.error.map(Err));
            return match (id, outcome) {
                (Some(id), Some(outcome)) => Ok(Frame::Response {
                    id: id.get(),
                    outcome,
                }),
                _ => Err(invalid(id, "`method` is missing")),
            };
        };
        let method = text(method).ok_or_else(|| invalid(id, "`method` must be a string"))?;
        let params = match self.params {
            None => Params::default(),
            Some(ParamsOrNot::Object(params)) => params,
            Some(ParamsOrNot::SomethingElse) => {
                return Err(invalid(id, "`params` must be an object"));
            }
        };
        Ok(match id {
            Some(id) => Frame::Request {
                id: id.get(),
                method,
                params,
            },
            None => Frame::Notification { method, params },
        })
    }
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct See;
        impl<'de> Visitor<'de> for See {
            type Value = Envelope<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON-RPC message")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Envelope::default();
                let mut keys = KeySet::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key.0 {
                        "jsonrpc" => once(&mut found.version, map.next_value()?),
                        "id" => once(&mut found.id, map.next_value()?),
                        "method" => once(&mut found.method, map.next_value()?),
                        "params" => once(&mut found.params, map.next_value()?),
                        "result" => once(&mut found.result, unique(&mut map)?),
                        "error" => once(&mut found.error, unique(&mut map)?),
                        _ => {
                            map.next_value::<Unique>()?;
                            keys.insert(key)
                        }
                    }
                    .map_err(A::Error::custom)?;
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(See)
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
