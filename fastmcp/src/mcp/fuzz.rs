//! JSON-RPC messages: our one borrowed parse against the ordinary parser.

use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use serde_json::value::RawValue;

use super::frame::{self, Frame, FrameError, Message};
use super::params::Params;
use super::{media, mirrored, modern};
use crate::parts::fuzz::is_unambiguous;

/// A body.
pub fn frame(data: &[u8]) {
    headers(data);
    let Ok(body) = std::str::from_utf8(data) else {
        return;
    };
    match frame::parse(body) {
        Ok(Message::One(frame)) => says_the_same(&frame, body),
        Ok(Message::Batch(items)) => {
            assert!((1..=100).contains(&items.len()));
            for item in items {
                if let Ok(frame) = frame::parse_one(item.get()) {
                    says_the_same(&frame, item.get());
                }
            }
        }
        // Beyond what is no JSON that is only what could be read in two ways.
        Err(FrameError::NotJson) => {
            let is_json = ordinary(body).is_some() && is_unambiguous(data);
            assert!(!is_json || has_odd_meta(body), "{body}");
        }
        Err(FrameError::NotAMessage { id, .. }) => {
            if let (Some(id), Some(read)) = (id, ordinary(body)) {
                assert_eq!(Some(&read["id"]), ordinary(&id).as_ref(), "{body}");
            }
        }
    }
}

/// A message that was accepted, as any other reader reads it.
fn says_the_same(frame: &Frame<'_>, body: &str) {
    // Numbers beyond all measure and half characters stay raw here, and are refused later.
    let Some(read) = ordinary(body) else {
        return;
    };
    assert_eq!(read["jsonrpc"], "2.0", "{body}");
    match frame {
        Frame::Request { id, method, params } => {
            assert_eq!(Some(&read["id"]), ordinary(id).as_ref(), "{body}");
            assert!(read["id"].is_string() || read["id"].is_number(), "{body}");
            assert_eq!(read["method"], Value::from(&**method), "{body}");
            same_params(params, &read["params"]);
        }
        Frame::Notification { method, params } => {
            assert!(read.get("id").is_none(), "{body}");
            assert_eq!(read["method"], Value::from(&**method), "{body}");
            same_params(params, &read["params"]);
        }
        Frame::Response { id, outcome } => {
            assert_eq!(Some(&read["id"]), ordinary(id).as_ref(), "{body}");
            let (Ok(outcome) | Err(outcome)) = outcome;
            let outcome = ordinary(outcome.get());
            let said = [read.get("result"), read.get("error")];
            assert!(said.contains(&outcome.as_ref()), "{body}");
        }
    }
}

fn same_params(params: &Params<'_>, read: &Value) {
    let said = [
        ("name", params.name),
        ("uri", params.uri),
        ("arguments", params.arguments),
        ("cursor", params.cursor),
        ("requestId", params.request_id),
        ("requestState", params.request_state),
    ];
    for (name, raw) in said {
        let value = raw.and_then(|raw| ordinary(raw.get()));
        assert_eq!(value.as_ref(), read.get(name), "{name}");
        if let Some(text) = raw.and_then(frame::text) {
            assert_eq!(read[name], Value::from(&*text));
        }
    }
    let arguments = params.arguments.map(RawValue::get);
    assert!(arguments.is_none_or(|text| is_unambiguous(text.as_bytes())));
    let version = params.meta.protocol_version.map(RawValue::get);
    let meta = read.get("_meta");
    let said = meta.and_then(|meta| meta.get("io.modelcontextprotocol/protocolVersion"));
    assert_eq!(version.and_then(ordinary).as_ref(), said);
}

/// Whether `_meta` is what no message has there.
fn has_odd_meta(body: &str) -> bool {
    let read = ordinary(body).unwrap_or_default();
    let meta = read.get("params").and_then(|params| params.get("_meta"));
    meta.is_some_and(|meta| !meta.is_object())
}

fn ordinary(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Headers that must say what the body says: if they pass, they do.
fn headers(data: &[u8]) {
    let mut halves = data.splitn(2, |b| *b == b'\n');
    let Some(Ok(value)) = halves.next().map(HeaderValue::from_bytes) else {
        return;
    };
    let arguments = halves.next().and_then(|it| std::str::from_utf8(it).ok());
    let mut headers = HeaderMap::new();
    for name in ["mcp-name", "mcp-param-x", "accept", "content-type"] {
        headers.insert(name, value.clone());
    }
    let _ = (media::accepted(&headers), media::sends_json(&headers));
    if let Ok(plain) = value.to_str() {
        let plain = plain.trim_ascii();
        let expected = !plain.starts_with("=?base64?") || !plain.ends_with("?=");
        assert!(!expected || modern::check_name(&headers, plain).is_ok());
    }
    let Some(read) = arguments.and_then(ordinary) else {
        return;
    };
    if read.is_object() && mirrored::check(&headers, &[("x", "X")], arguments).is_ok() {
        let said = value.to_str().unwrap_or_default();
        assert!(!read["x"].is_array() && !read["x"].is_object() && !read["x"].is_null());
        let is_coded = said.trim_ascii().starts_with("=?base64?");
        assert!(
            is_coded
                || read["x"]
                    .as_str()
                    .is_none_or(|text| text == said.trim_ascii())
        );
    }
}
