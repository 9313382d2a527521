//! What the tests ask the provider about itself.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use fastmcp::testing::{Clock, FakeProvider};
use serde_json::{Value, json};

type Asked = Extract<(FakeProvider, Clock)>;

/// The paths above.
pub(super) fn router(provider: FakeProvider, clock: Clock) -> Router {
    Router::new()
        .route("/_calls", get(calls))
        .route("/_counts", get(counts))
        .route("/_issued", get(issued))
        .route("/_forget", get(forget))
        .route("/_ahead", post(ahead))
        .route("/_knobs", post(turn))
        .with_state((provider, clock))
}

async fn calls(Extract((provider, _)): Asked) -> Response {
    told(&json!(provider.calls()))
}

async fn counts(Extract((provider, _)): Asked) -> Response {
    told(&json!(provider.counts()))
}

async fn issued(Extract((provider, _)): Asked) -> Response {
    told(&json!(provider.issued()))
}

async fn forget(Extract((provider, clock)): Asked) -> Response {
    provider.forget();
    clock.ahead(0);
    told(&json!({}))
}

async fn ahead(Extract((_, clock)): Asked, body: String) -> Response {
    clock.ahead(body.parse().unwrap_or_default());
    told(&json!({}))
}

async fn turn(Extract((provider, _)): Asked, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(knobs) => {
            provider.turn(knobs);
            told(&json!({}))
        }
        Err(error) => {
            let error = json!({ "error": error.to_string() });
            (StatusCode::BAD_REQUEST, told(&error)).into_response()
        }
    }
}

fn told(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
