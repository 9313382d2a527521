//! The token endpoint: client authentication, PKCE, code and refresh grants.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::base64url_sha256;
use super::keys;
use super::knobs::{IdToken, RefreshTokens};
use super::state::{Memory, State, json as answer_json, parameters, respond};

type Refusal = (StatusCode, &'static str);
const INVALID_GRANT: Refusal = (StatusCode::BAD_REQUEST, "invalid_grant");

/// `POST /token`.
pub(super) async fn answer(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = parameters(&body);
    let find = |name: &str| {
        let found = parameters.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let grant = find("grant_type");
    let endpoint = if grant == "refresh_token" {
        "refresh"
    } else {
        "token"
    };
    if let Err(fault) = state.arrive(endpoint, &headers, parameters.clone()).await {
        return fault;
    }
    if !is_our_client(&state, &headers, &find) {
        return refuse((StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    let mut memory = state.memory();
    let granted = match grant {
        "authorization_code" => by_code(&state, &mut memory, &find),
        "refresh_token" => by_refresh_token(&state, &mut memory, &find),
        _ => Err((StatusCode::BAD_REQUEST, "unsupported_grant_type")),
    };
    match granted {
        Ok(members) => render(&memory, members),
        Err(refusal) => refuse(refusal),
    }
}

/// Basic or post, never both, never neither.
fn is_our_client<'a>(state: &State, headers: &HeaderMap, find: &impl Fn(&str) -> &'a str) -> bool {
    let basic = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    match (basic, find("client_secret")) {
        (Some(basic), "") if !state.shape.takes_post_alone => {
            let expected = format!(
                "{}:{}",
                encoded(&state.client_id),
                encoded(&state.client_secret)
            );
            basic == format!("Basic {}", STANDARD.encode(expected))
        }
        (None, secret) => secret == state.client_secret && find("client_id") == state.client_id,
        _ => false,
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn by_code<'a>(
    state: &State,
    memory: &mut Memory,
    find: &impl Fn(&str) -> &'a str,
) -> Result<Map<String, Value>, Refusal> {
    let code = memory.codes.remove(find("code")).ok_or(INVALID_GRANT)?;
    let verifier = find("code_verifier");
    if base64url_sha256(verifier) != code.challenge || find("redirect_uri") != code.redirect_uri {
        return Err(INVALID_GRANT);
    }
    let user = memory.knobs.user.clone();
    let known = memory.knobs.claims.clone();
    memory.people.insert(user.clone(), known);
    let mut members = access_token(memory, &code.scope, &user);
    if memory.knobs.refresh_tokens != RefreshTokens::None {
        let refresh = memory.mint();
        memory.refresh.insert(refresh.clone(), code.scope.clone());
        memory.owners.insert(refresh.clone(), user.clone());
        members.insert("refresh_token".into(), json!(refresh));
    }
    if let Some(token) = id_token(state, memory, code.nonce.as_deref(), &user) {
        memory.issued.push(token.clone());
        members.insert("id_token".into(), json!(token));
    }
    Ok(members)
}

fn by_refresh_token<'a>(
    state: &State,
    memory: &mut Memory,
    find: &impl Fn(&str) -> &'a str,
) -> Result<Map<String, Value>, Refusal> {
    let presented = find("refresh_token");
    let Some(scope) = memory.refresh.get(presented).cloned() else {
        // A rotated token that comes back: someone has a copy, so the login ends.
        memory.refresh.clear();
        return Err(INVALID_GRANT);
    };
    let user = memory.owners.get(presented).cloned().unwrap_or_default();
    let mut members = access_token(memory, &scope, &user);
    let longer = memory.knobs.refreshed_expires_in.clone();
    if !longer.is_null() {
        members.insert("expires_in".into(), longer);
    }
    if memory.knobs.refresh_tokens == RefreshTokens::Rotating {
        memory.refresh.remove(presented);
        let next = memory.mint();
        memory.refresh.insert(next.clone(), scope);
        memory.owners.insert(next.clone(), user.clone());
        members.insert("refresh_token".into(), json!(next));
    }
    if memory.knobs.id_token_again
        && let Some(token) = id_token(state, memory, None, &user)
    {
        memory.issued.push(token.clone());
        members.insert("id_token".into(), json!(token));
    }
    Ok(members)
}

fn access_token(memory: &mut Memory, scope: &str, user: &str) -> Map<String, Value> {
    let token = memory.mint();
    memory.owners.insert(token.clone(), user.into());
    memory.access.insert(token.clone(), scope.into());
    let mut members = Map::new();
    members.insert("access_token".into(), json!(token));
    members.insert("token_type".into(), json!("Bearer"));
    members.insert("scope".into(), json!(scope));
    if !memory.knobs.expires_in.is_null() {
        members.insert("expires_in".into(), memory.knobs.expires_in.clone());
    }
    members
}

fn id_token(state: &State, memory: &Memory, nonce: Option<&str>, user: &str) -> Option<String> {
    if !state.shape.has_id_tokens {
        return None;
    }
    let knobs = &memory.knobs;
    let mut claims = super::profile::claims(&state.shape, memory, user);
    let fault = knobs.id_token;
    let wrong = |is: IdToken, good: &str| {
        if fault == is {
            "wrong".into()
        } else {
            good.to_owned()
        }
    };
    let issuer = knobs.issuer.clone();
    let issuer = issuer.unwrap_or_else(|| state.shape.issuer(&claims));
    claims.insert("iss".into(), json!(wrong(IdToken::WrongIssuer, &issuer)));
    claims.insert(
        "aud".into(),
        json!(wrong(IdToken::WrongAudience, &state.client_id)),
    );
    if let Some(nonce) = nonce {
        claims.insert("nonce".into(), json!(wrong(IdToken::WrongNonce, nonce)));
    }
    let time = state.clock.now();
    let issued_at = if fault == IdToken::Expired {
        time - 7200
    } else {
        time
    };
    claims.insert("iat".into(), json!(issued_at));
    claims.insert("exp".into(), json!(issued_at + 3600));
    let claims = Value::Object(claims);
    match fault {
        IdToken::None => None,
        IdToken::Unsigned => Some(keys::unsigned(&claims)),
        IdToken::ForeignKey => Some(state.keys.sign_with_foreign_key(&claims)),
        _ => Some(state.keys.sign(&claims)),
    }
}

fn render(memory: &Memory, mut members: Map<String, Value>) -> Response {
    for (name, value) in &memory.knobs.token_members {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    if !memory.knobs.form_encoded {
        return answer_json(StatusCode::OK, &Value::Object(members));
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &members {
        let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
        form.append_pair(name, &text);
    }
    respond(
        StatusCode::OK,
        "application/x-www-form-urlencoded",
        form.finish(),
    )
}

fn refuse((status, error): Refusal) -> Response {
    answer_json(status, &json!({ "error": error }))
}
