//! A rendered template as an HTTP answer with the headers that every page carries.
//!
//! Invariant: no HTML leaves this crate without [`headers`].

use std::sync::LazyLock;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest, Sha256};

use super::STYLE;

/// The policy without the style: what is sent should the hash ever not fit into a header.
const BARE_POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Computed from the style sheet that is sent, so the two cannot drift apart.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    HeaderValue::try_from(format!("{BARE_POLICY}; style-src 'sha256-{hash}'"))
        .unwrap_or(HeaderValue::from_static(BARE_POLICY))
});

/// `template` as an answer with `status`.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    let (status, html) = match template.render() {
        Ok(html) => (status, html),
        // Writing into a `String` does not fail; should it ever, the person still gets an answer.
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "<!doctype html><html lang=\"en\"><title>Error</title><p>This page could not be shown."
                .to_owned(),
        ),
    };
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    headers(response.headers_mut());
    response
}

/// The headers of every page.
fn headers(headers: &mut HeaderMap) {
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
