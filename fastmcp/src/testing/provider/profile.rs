//! Who signed in (userinfo), the keys, revocation, and where all of it is.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::shape::Shape;
use super::state::{Memory, State, json as answer_json, parameters, respond};

/// What the provider says about whoever signs in.
pub(super) fn claims(shape: &Shape, memory: &Memory, user: &str) -> Map<String, Value> {
    let mut claims = shape.who(user);
    claims.insert("name".into(), json!(user));
    claims.insert("email".into(), json!(format!("{user}@example.com")));
    claims.insert("email_verified".into(), json!(true));
    claims.extend(memory.claims_of(user));
    claims.retain(|_, value| !value.is_null());
    shape.vouch(&mut claims);
    shape.group(&mut claims);
    claims
}

/// `GET /userinfo`.
pub(super) async fn userinfo(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    told(&state, "userinfo", &headers, |memory, user| {
        let mut claims = claims(&state.shape, memory, user);
        if state.shape.refuses_with_ok {
            claims.insert("ok".into(), json!(true));
        }
        Some(Value::Object(claims))
    })
    .await
}

/// `GET /emails`, as GitHub lists them.
pub(super) async fn emails(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    told(&state, "emails", &headers, |memory, user| {
        let claims = claims(&state.shape, memory, user);
        let (email, verified) = (&claims["email"], &claims["email_verified"]);
        Some(json!([{ "email": email, "primary": true, "verified": verified }]))
    })
    .await
}

/// `GET /user/memberships/orgs/{organization}`, as GitHub answers it.
pub(super) async fn organization(
    Extract(state): Extract<Arc<State>>,
    Path(organization): Path<String>,
    headers: HeaderMap,
) -> Response {
    member(&state, &headers, &organization).await
}

/// `GET /orgs/{organization}/teams/{team}/memberships/{login}`, as GitHub answers it.
pub(super) async fn team(
    Extract(state): Extract<Arc<State>>,
    Path((organization, team, login)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let is_known = state.memory().people.contains_key(&login);
    let team = format!("{organization}/{team}");
    member(&state, &headers, if is_known { &team } else { "" }).await
}

async fn member(state: &State, headers: &HeaderMap, of: &str) -> Response {
    told(state, "memberships", headers, |memory, _| {
        let state = memory.knobs.memberships.get(of)?;
        Some(json!({ "state": state }))
    })
    .await
}

/// What a live access token opens; nothing there is 404.
async fn told(
    state: &State,
    endpoint: &str,
    headers: &HeaderMap,
    what: impl FnOnce(&Memory, &str) -> Option<Value>,
) -> Response {
    if let Err(fault) = state.arrive(endpoint, headers, Vec::new()).await {
        return fault;
    }
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let token = bearer
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let memory = state.memory();
    if !memory.access.contains_key(token) && state.shape.refuses_with_ok {
        let refusal = json!({ "ok": false, "error": "token_revoked" });
        return answer_json(StatusCode::OK, &refusal);
    }
    if !memory.access.contains_key(token) {
        return answer_json(
            StatusCode::UNAUTHORIZED,
            &json!({ "error": "invalid_token" }),
        );
    }
    let user = memory.owners.get(token).map_or("", String::as_str);
    match what(&memory, user) {
        Some(answer) => answer_json(StatusCode::OK, &answer),
        None => answer_json(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" })),
    }
}

/// `GET /.well-known/openid-configuration`.
pub(super) async fn discovery(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    if let Err(fault) = state.arrive("discovery", &headers, Vec::new()).await {
        return fault;
    }
    let at = |path: &str| format!("{}{path}", state.url);
    let methods: &[&str] = if state.shape.takes_post_alone {
        &["client_secret_post"]
    } else {
        &["client_secret_basic", "client_secret_post"]
    };
    let document = json!({
        "token_endpoint_auth_methods_supported": methods,
        "issuer": state.url,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "revocation_endpoint": at("/revoke"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    answer_json(StatusCode::OK, &document)
}

/// `GET /jwks`.
pub(super) async fn jwks(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    if let Err(fault) = state.arrive("jwks", &headers, Vec::new()).await {
        return fault;
    }
    answer_json(StatusCode::OK, state.keys.set())
}

/// `POST /revoke`: RFC 7009, so an unknown token is fine too.
pub(super) async fn revoke(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = parameters(&body);
    if let Err(fault) = state.arrive("revoke", &headers, parameters.clone()).await {
        return fault;
    }
    let mut memory = state.memory();
    for (_, value) in parameters.iter().filter(|(name, _)| name == "token") {
        memory.access.remove(value);
        memory.refresh.remove(value);
    }
    answer_json(StatusCode::OK, &json!({}))
}

/// `DELETE /revoke`: GitHub's way, with the token in a JSON body.
pub(super) async fn delete(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let token = body["access_token"].as_str().unwrap_or_default().to_owned();
    let parameters = vec![("token".to_owned(), token.clone())];
    if let Err(fault) = state.arrive("revoke", &headers, parameters).await {
        return fault;
    }
    state.memory().access.remove(&token);
    respond(StatusCode::NO_CONTENT, "text/plain", String::new())
}
