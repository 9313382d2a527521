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
    if base_url.as_str().starts_with("https:") && !base_url.is_loopback() {
        router.layer(map_response(with_strict))
    } else {
        router
    }
}

async fn with_strict(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(STRICT_TRANSPORT_SECURITY, STRICT);
    response
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
