//! Token answers of a provider that may send anything.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use super::answer::TokenAnswer;
use super::error::UpstreamError;
use super::wire::Answer;

/// A byte that chooses status and content type, and a body.
pub fn answer(data: &[u8]) {
    let Some((chosen, body)) = data.split_first() else {
        return;
    };
    let status = [200, 201, 302, 400, 401, 404][usize::from(chosen & 7) % 6];
    let content_type = [
        None,
        Some("application/json"),
        Some("application/x-www-form-urlencoded; charset=utf-8"),
        Some("text/html"),
    ][usize::from(chosen >> 3) % 4];
    let Ok(status) = StatusCode::from_u16(status) else {
        return;
    };
    let read = TokenAnswer::read(&Answer {
        status,
        content_type: content_type.map(str::to_owned),
        body: Bytes::copy_from_slice(body),
    });
    let may_be_form = content_type.is_none_or(|kind| kind.contains("form"));
    let members = members(body, may_be_form);
    match read {
        Ok(tokens) => {
            let Some(members) = members else {
                panic!("tokens out of nothing");
            };
            assert!(status.is_success());
            believable(&tokens, &members);
        }
        Err(UpstreamError::Refused) => {
            let said = members
                .as_ref()
                .and_then(|members| members.get("error")?.as_str());
            assert!(
                said.is_some_and(|said| ["invalid_grant", "bad_refresh_token"].contains(&said))
            );
        }
        Err(_) => {}
    }
}

/// What the body says, by the ordinary parsers; the last of what is said twice.
fn members(body: &[u8], may_be_form: bool) -> Option<Map<String, Value>> {
    if body.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice(body).ok();
    }
    let pairs = form_urlencoded::parse(body).into_owned();
    may_be_form.then(|| pairs.map(|(name, value)| (name, value.into())).collect())
}

fn believable(tokens: &TokenAnswer, members: &Map<String, Value>) {
    let said = |name: &str| members.get(name).and_then(Value::as_str);
    let sendable = |token: &str| http::HeaderValue::from_str(token).is_ok() && !token.contains(' ');
    assert!(members.get("error").is_none_or(Value::is_null));
    assert_eq!(said("access_token"), Some(tokens.access_token.expose()));
    assert!(sendable(tokens.access_token.expose()) && !tokens.access_token.is_empty());
    for (name, token) in [
        ("refresh_token", &tokens.refresh_token),
        ("id_token", &tokens.id_token),
    ] {
        if let Some(token) = token {
            assert_eq!(said(name), Some(token.expose()));
            assert!(sendable(token.expose()) && !token.is_empty());
        }
    }
    let kind = members.get("token_type").unwrap_or(&Value::Null);
    let is_bearer = |kind: &str| kind.is_empty() || kind.eq_ignore_ascii_case("bearer");
    assert!(kind.is_null() || kind.as_str().is_some_and(is_bearer));
    for seconds in [tokens.expires_in, tokens.refresh_expires_in]
        .into_iter()
        .flatten()
    {
        assert!((1..=315_360_000).contains(&seconds));
    }
    if let Some(exact) = members.get("expires_in").and_then(Value::as_u64) {
        let is_believed = (1..=315_360_000).contains(&exact);
        assert_eq!(tokens.expires_in, is_believed.then_some(exact));
    }
    assert_eq!(said("scope"), tokens.scope.as_deref());
}
