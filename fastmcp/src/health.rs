//! Liveness and readiness, for whatever watches the process.
//!
//! `/health` answers 200 as long as the process answers at all. `/ready` answers 200 between
//! [`Health::set_ready`]`(true)` and `(false)`, and 503 otherwise: a load balancer stops sending
//! new requests while those under way still finish.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

/// The readiness flag of one server; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health(Arc<AtomicBool>);

impl Health {
    /// A server that is not ready yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Starts (`true`) or ends (`false`) the time in which new requests are welcome.
    pub(crate) fn set_ready(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether new requests are welcome.
    pub(crate) fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// `GET` and `HEAD` of `/health` and `/ready`.
    pub(crate) fn router(&self) -> Router {
        let health = self.clone();
        Router::new()
            .route("/health", get(|| async { answer(StatusCode::OK, "ok") }))
            .route(
                "/ready",
                get(move || async move {
                    if health.is_ready() {
                        answer(StatusCode::OK, "ready")
                    } else {
                        answer(StatusCode::SERVICE_UNAVAILABLE, "not ready")
                    }
                }),
            )
    }
}

fn answer(status: StatusCode, word: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, format!(r#"{{"status":"{word}"}}"#)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn status(health: &Health, method: &str, path: &str) -> StatusCode {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        health.router().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn readiness_follows_the_flag_and_liveness_does_not() {
        let health = Health::new();
        for (ready, code) in [(false, 503), (true, 200), (false, 503)] {
            health.set_ready(ready);
            for method in ["GET", "HEAD"] {
                assert_eq!(status(&health, method, "/ready").await, code);
                assert_eq!(status(&health, method, "/health").await, 200);
            }
        }
        assert_eq!(status(&health, "POST", "/health").await, 405);
        assert_eq!(status(&health, "GET", "/health/").await, 404);
    }
}
