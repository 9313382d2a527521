//! What the tests ask the provider about itself.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::state::{Memory, State, json as answer_json};

/// `GET /_calls`.
pub(super) async fn calls(Extract(state): Extract<Arc<State>>) -> Response {
    answer_json(StatusCode::OK, &json!(state.memory().calls))
}

/// `GET /_counts`.
pub(super) async fn counts(Extract(state): Extract<Arc<State>>) -> Response {
    answer_json(StatusCode::OK, &json!(state.memory().counts))
}

/// `GET /_issued`.
pub(super) async fn issued(Extract(state): Extract<Arc<State>>) -> Response {
    answer_json(StatusCode::OK, &json!(state.memory().issued))
}

/// `GET /_forget`: as if it had just started.
pub(super) async fn forget(Extract(state): Extract<Arc<State>>) -> Response {
    *state.memory() = Memory::default();
    answer_json(StatusCode::OK, &json!({}))
}

/// `POST /_ahead`: turns its clock.
pub(super) async fn ahead(Extract(state): Extract<Arc<State>>, body: String) -> Response {
    state.memory().ahead = body.parse().unwrap_or_default();
    answer_json(StatusCode::OK, &json!({}))
}

/// `POST /_knobs`.
pub(super) async fn turn(Extract(state): Extract<Arc<State>>, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(knobs) => {
            state.memory().turn(knobs);
            answer_json(StatusCode::OK, &json!({}))
        }
        Err(error) => answer_json(
            StatusCode::BAD_REQUEST,
            &json!({ "error": error.to_string() }),
        ),
    }
}
