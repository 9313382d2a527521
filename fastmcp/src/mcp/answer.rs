//! JSON-RPC answers as bytes, and their HTTP responses.
//!
//! An answer is written once, into one buffer. Errors of the modern era have an HTTP status of
//! their own; in the legacy era an answered request is a 200.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::revision::{Era, SUPPORTED};
use crate::item::Capability;

/// A JSON-RPC error: what the client reads, and the HTTP status that the modern era gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RpcError {
    pub(crate) code: i32,
    pub(crate) message: Cow<'static, str>,
    pub(crate) data: Option<serde_json::Value>,
    status: StatusCode,
}

impl RpcError {
    fn new(code: i32, status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
            status,
        }
    }

    pub(crate) fn parse() -> Self {
        let message = "not JSON, or JSON with repeated keys or excessive nesting";
        Self::new(-32700, StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn invalid_request(problem: &'static str) -> Self {
        Self::new(-32600, StatusCode::BAD_REQUEST, problem)
    }

    pub(crate) fn method_not_found() -> Self {
        Self::new(-32601, StatusCode::NOT_FOUND, "method not found")
    }

    /// Parameters of a method that do not fit.
    pub(crate) fn invalid_params(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::new(-32602, StatusCode::OK, problem)
    }

    /// There is no such resource.
    pub(crate) fn resource_not_found(uri: &str, era: Era) -> Self {
        let code = match era {
            Era::Modern => -32602,
            Era::Legacy => -32002,
        };
        Self::new(code, StatusCode::OK, "resource not found").about(uri)
    }

    /// The function of an item failed; `text` is for the client.
    pub(crate) fn failed(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(-32603, StatusCode::OK, text)
    }

    /// The same, about the resource at `uri`.
    pub(crate) fn about(mut self, uri: &str) -> Self {
        let data = self.data.get_or_insert_with(|| serde_json::json!({}));
        data["uri"] = uri.into();
        self
    }

    pub(crate) fn too_many_watched() -> Self {
        let problem = "256 resources are watched already; unsubscribe from one first";
        Self::invalid_params(problem)
    }

    /// Request metadata that does not fit.
    pub(crate) fn invalid_meta(problem: &'static str) -> Self {
        Self::new(-32602, StatusCode::BAD_REQUEST, problem)
    }

    /// A header that is missing, malformed, or says something else than the body.
    pub(crate) fn header_mismatch(problem: &'static str) -> Self {
        Self::new(-32020, StatusCode::BAD_REQUEST, problem)
    }

    pub(crate) fn unsupported_version(requested: &str) -> Self {
        let mut error = Self::new(
            -32022,
            StatusCode::BAD_REQUEST,
            "unsupported protocol version",
        );
        error.data = Some(serde_json::json!({ "supported": SUPPORTED, "requested": requested }));
        error
    }

    /// The client did not declare what the call needs of it.
    pub(crate) fn missing_capability(capability: Capability) -> Self {
        let message = format!("this needs a client with the capability `{capability}`");
        let mut error = Self::new(-32021, StatusCode::BAD_REQUEST, message);
        error.data = Some(serde_json::json!({ "requiredCapabilities": capability.to_json() }));
        error
    }

    /// Something that the answer depends on is out of reach.
    pub(crate) fn unavailable(problem: impl Into<Cow<'static, str>>) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(i32::from(status.as_u16()), status, problem)
    }

    /// A refusal by the gate, for places without HTTP statuses. The specification defines no
    /// code; the HTTP status lies outside the range that JSON-RPC reserves.
    pub(crate) fn refused(status: StatusCode, message: &'static str) -> Self {
        Self::new(i32::from(status.as_u16()), status, message)
    }

    /// The HTTP status of this error in `era`.
    pub(crate) fn status(&self, era: Era) -> StatusCode {
        match era {
            Era::Modern => self.status,
            _ if self.status == StatusCode::SERVICE_UNAVAILABLE => self.status,
            Era::Legacy if matches!(self.code, -32700 | -32600 | -32022) => self.status,
            Era::Legacy => StatusCode::OK,
        }
    }

    /// The error as an answer to `id`; without one if it is unknown.
    pub(crate) fn to_bytes(&self, id: Option<&str>) -> Vec<u8> {
        let id = id.map_or_else(String::new, |id| format!(r#""id":{id},"#));
        let data = self.data.as_ref();
        let data = data.map_or_else(String::new, |data| format!(r#","data":{data}"#));
        let message = serde_json::Value::from(&*self.message);
        let code = self.code;
        format!(r#"{{"jsonrpc":"2.0",{id}"error":{{"code":{code},"message":{message}{data}}}}}"#)
            .into_bytes()
    }
}

/// A successful answer: `result` is JSON.
pub(crate) fn success(id: &str, result: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(result.len() + id.len() + 40);
    open(id, &mut bytes);
    bytes.extend_from_slice(result);
    bytes.push(b'}');
    bytes
}

/// Writes an answer up to its result, which the caller appends, and then a closing brace.
pub(crate) fn open(id: &str, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    bytes.extend_from_slice(id.as_bytes());
    bytes.extend_from_slice(br#","result":"#);
}

/// Adds to the result object that ends `bytes` what the modern era wants in each: `hints` are more
/// members, each after a comma; `server_info` is JSON.
pub(crate) fn complete(era: Era, hints: &str, server_info: &str, bytes: &mut Vec<u8>) {
    if era == Era::Modern {
        bytes.pop();
        bytes.extend_from_slice(br#","resultType":"complete""#);
        bytes.extend_from_slice(hints.as_bytes());
        bytes.extend_from_slice(br#","_meta":{"io.modelcontextprotocol/serverInfo":"#);
        bytes.extend_from_slice(server_info.as_bytes());
        bytes.extend_from_slice(b"}}");
    }
}

/// An early end of the way through the edge; boxed because most requests do not take it.
#[derive(Debug)]
pub(crate) struct Refused(Box<Response>);

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl Refused {
    pub(crate) fn into_response(self) -> Response {
        *self.0
    }
}

/// A JSON response.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = empty(status);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = body.into();
    response
}

/// A response without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    protect(response.headers_mut());
    response
}

/// The headers of every response.
pub(crate) fn protect(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// A refusal that concerns the HTTP request rather than a message in it: a JSON-RPC error without
/// an id, as the transport allows.
pub(crate) fn refuse(status: StatusCode, message: &'static str) -> Response {
    json(status, RpcError::refused(status, message).to_bytes(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_json_whatever_the_message_holds() {
        let error = RpcError::invalid_params("unknown tool: \"x\"\n");
        let value: serde_json::Value =
            serde_json::from_slice(&error.to_bytes(Some("\"a\""))).unwrap();
        assert_eq!(value["id"], "a");
        assert_eq!(value["error"]["message"], "unknown tool: \"x\"\n");
        let error = RpcError::unsupported_version("1999-01-01");
        let value: serde_json::Value = serde_json::from_slice(&error.to_bytes(None)).unwrap();
        assert!(value.get("id").is_none());
        assert_eq!(value["error"]["data"]["requested"], "1999-01-01");
        assert_eq!(value["error"]["data"]["supported"][0], "2026-07-28");
    }
}
