//! Server-sent events as bytes, and their response (HTML Standard, section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};

use super::answer;

/// A silent stream says this often that it is alive, so that no proxy gives it up.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a silent stream says.
pub(crate) const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// One event. A line break in JSON is white space and would end the field.
pub(crate) fn event(mut json: Vec<u8>) -> Bytes {
    for byte in &mut json {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    let mut bytes = Vec::with_capacity(json.len() + 8);
    bytes.extend_from_slice(b"data: ");
    bytes.append(&mut json);
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

/// The response that sends these bytes as they come.
pub(crate) fn response(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let mut response = answer::empty(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    headers.insert(unbuffered, HeaderValue::from_static("no"));
    let events = futures_util::StreamExt::map(events, Ok::<_, Infallible>);
    *response.body_mut() = Body::from_stream(events);
    response
}
