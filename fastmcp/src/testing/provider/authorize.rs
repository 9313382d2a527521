//! The authorization endpoint: a code at once, a form, or a refusal.

use std::sync::Arc;

use axum::extract::{RawQuery, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use url::Url;

use super::state::{Code, State, parameters, respond};

/// `GET /authorize`.
pub(super) async fn show(
    Extract(state): Extract<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let parameters = parameters(query.as_bytes());
    if let Err(fault) = state
        .arrive("authorize", &headers, parameters.clone())
        .await
    {
        return fault;
    }
    let interactive = state.memory().knobs.interactive;
    if interactive {
        return respond(StatusCode::OK, "text/html", form(&query));
    }
    decide(&state, &parameters)
}

/// `POST /authorize`: the form came back; its query is the original request.
pub(super) async fn submit(
    Extract(state): Extract<Arc<State>>,
    RawQuery(query): RawQuery,
) -> Response {
    decide(&state, &parameters(query.unwrap_or_default().as_bytes()))
}

fn form(query: &str) -> String {
    let action = query.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!doctype html><title>Test provider</title><form method=\"post\" \
         action=\"/authorize?{action}\"><button name=\"action\" value=\"approve\">Sign in\
         </button></form>"
    )
}

fn decide(state: &State, parameters: &[(String, String)]) -> Response {
    let find = |name: &str| {
        let found = parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    let redirect = find("redirect_uri").and_then(|uri| Url::parse(&uri).ok());
    let (Some(mut redirect), Some(challenge)) = (redirect, find("code_challenge")) else {
        return refuse("redirect_uri and code_challenge are required");
    };
    if find("client_id").as_deref() != Some(&state.client_id)
        || find("response_type").as_deref() != Some("code")
        || find("code_challenge_method").as_deref() != Some("S256")
    {
        return refuse("unknown client, response type or challenge method");
    }
    let mut memory = state.memory();
    let answer = if let Some(error) = memory.knobs.deny.clone() {
        ("error", error)
    } else {
        let code = memory.mint();
        let asked = find("scope").unwrap_or_default();
        let scope = memory.knobs.scope.clone().unwrap_or(asked);
        let redirect_uri = redirect.to_string();
        let nonce = find("nonce");
        memory.codes.insert(
            code.clone(),
            Code {
                challenge,
                redirect_uri,
                nonce,
                scope,
            },
        );
        ("code", code)
    };
    redirect.query_pairs_mut().append_pair(answer.0, &answer.1);
    if let Some(value) = find("state") {
        redirect.query_pairs_mut().append_pair("state", &value);
    }
    let mut response = respond(StatusCode::FOUND, "text/plain", String::new());
    let location = redirect.as_str().parse().expect("a URL is a header value");
    response.headers_mut().insert("location", location);
    response
}

fn refuse(why: &str) -> Response {
    respond(StatusCode::BAD_REQUEST, "text/plain", why.into())
}
