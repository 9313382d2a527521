//! What every answer of a server says, whoever made it.

use axum::Router;
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};

use crate::spec::BaseUrl;

/// A year (RFC 6797 section 6.1.1). What lies below the host is not ours to speak for.
const STRICT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Where clients know the server by https, browsers are told never to ask it by anything else; but
/// of their own machine they would believe that for whatever else is developed there.
pub(super) fn strict(router: Router, base_url: &BaseUrl) -> Router {
    if is_strict(base_url) {
        router.layer(map_response(with_strict))
    } else {
        router
    }
}

/// Whether every answer has that header.
pub(super) fn is_strict(base_url: &BaseUrl) -> bool {
    base_url.as_str().starts_with("https:") && !base_url.is_loopback()
}

async fn with_strict(mut response: Response) -> Response {
    add_strict(&mut response);
    response
}

/// Tells so to the browser that gets this answer.
pub(super) fn add_strict(response: &mut Response) {
    response
        .headers_mut()
        .insert(STRICT_TRANSPORT_SECURITY, STRICT);
}

/// The answer where nothing is.
pub(super) async fn not_found() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::NOT_FOUND, headers, r#"{"error":"not_found"}"#).into_response()
}
