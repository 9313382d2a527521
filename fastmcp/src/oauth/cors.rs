//! Endpoints that any web page may call: metadata, registration, token, revocation.
//!
//! They act on what the request itself carries and never on cookies, so `*` gives a page nothing
//! that its author could not do from a shell. Credentials are never allowed, and the pages of a
//! login have no such headers at all.

use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderValue, StatusCode};

/// Opens `route` to every origin; `methods` is what a preflight is told.
pub(super) fn open(route: MethodRouter, methods: &'static str) -> MethodRouter {
    let preflight = move || async move { preflight(methods) };
    route
        .options(preflight)
        .layer(middleware::map_response(allow_all))
}

async fn allow_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("WWW-Authenticate, Retry-After"),
    );
    response
}

fn preflight(methods: &'static str) -> Response {
    let headers = [
        (
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(methods),
        ),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Authorization, Content-Type, Accept, MCP-Protocol-Version"),
        ),
        (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
