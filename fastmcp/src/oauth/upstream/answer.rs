//! A token answer, read from whatever a provider sends.
//!
//! JSON if it looks like JSON, otherwise form encoding; the content type is only asked whether a
//! body that is not JSON may be a form at all. An `error` member counts whatever the status was:
//! GitHub reports errors with HTTP 200.

use serde_json::Value;

use super::error::UpstreamError;
use super::wire::Answer;
use crate::auth::Claims;
use crate::secret::Secret;

/// Longest lifetime that is believed, ten years: more is a mistake.
const LIFETIME_LIMIT: f64 = 315_360_000.0;

/// The members of a token answer that we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) id_token: Option<Secret>,
    /// Seconds; `None` if absent or not to be believed.
    pub(super) expires_in: Option<u64>,
    pub(super) refresh_expires_in: Option<u64>,
    /// As sent, unparsed.
    pub(super) scope: Option<String>,
}

impl TokenAnswer {
    /// Reads tokens, or the reason why there are none.
    pub(super) fn read(answer: &Answer) -> Result<Self, UpstreamError> {
        let members = members(answer);
        let error = members.as_ref().and_then(|members| members.get("error"));
        if let Some(error) = error.filter(|error| !error.is_null()) {
            let described = members
                .as_ref()
                .and_then(|it| text(it, "error_description"));
            return Err(refusal(error.as_str().unwrap_or_default(), described));
        }
        if !answer.status.is_success() {
            return Err(unusable("status", answer.status.as_str()));
        }
        let members = members.ok_or_else(|| unusable("body", "neither JSON nor a form"))?;
        check_token_type(&members)?;
        let access_token = text(&members, "access_token")
            .filter(|token| is_token(token))
            .ok_or_else(|| unusable("access_token", "missing or malformed"))?;
        let secret = |name| {
            text(&members, name)
                .filter(|token| is_token(token))
                .map(Secret::from)
        };
        Ok(Self {
            access_token: Secret::from(access_token),
            refresh_token: secret("refresh_token"),
            id_token: secret("id_token"),
            expires_in: members.get("expires_in").and_then(seconds),
            refresh_expires_in: members
                .get("refresh_expires_in")
                .or_else(|| members.get("refresh_token_expires_in"))
                .and_then(seconds),
            scope: text(&members, "scope").map(str::to_owned),
        })
    }
}

/// The members of an answer, by name.
fn members(answer: &Answer) -> Option<Claims> {
    let start = answer
        .body
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())?;
    if *start == b'{' {
        serde_json::from_slice(&answer.body).ok()
    } else if answer.may_be_form() {
        let mut members = Claims::new();
        for (name, value) in form_urlencoded::parse(&answer.body) {
            let repeated = members.insert(name.into_owned(), Value::String(value.into_owned()));
            if repeated.is_some() {
                return None;
            }
        }
        Some(members)
    } else {
        None
    }
}

/// What an OAuth error code means for us; GitHub and Slack have words of their own, and Atlassian a
/// description.
fn refusal(code: &str, described: Option<&str>) -> UpstreamError {
    match code {
        "invalid_grant" | "bad_refresh_token" | "invalid_refresh_token" => UpstreamError::Refused,
        "unauthorized_client" if described == Some("refresh_token is invalid") => {
            UpstreamError::Refused
        }
        "temporarily_unavailable" => UpstreamError::Unavailable { retry_after: None },
        code => unusable("error", code),
    }
}

/// A bad answer, told to the operator in words that cannot hold a secret.
fn unusable(what: &str, detail: &str) -> UpstreamError {
    let plain = detail.len() <= 40
        && detail.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_ ".contains(&byte)
        });
    let detail = if plain { detail } else { "(not shown)" };
    tracing::warn!(
        what,
        detail,
        "the identity provider's token answer cannot be used"
    );
    UpstreamError::BadAnswer
}

fn check_token_type(members: &Claims) -> Result<(), UpstreamError> {
    match members.get("token_type") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(kind)) if kind.is_empty() || kind.eq_ignore_ascii_case("bearer") => {
            Ok(())
        }
        Some(_) => Err(unusable("token_type", "not bearer")),
    }
}

fn text<'a>(members: &'a Claims, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// Whether `token` can be sent in a header.
fn is_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A lifetime as a number or a text of digits; nothing that is not positive and finite.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and the limit"
)]
fn seconds(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(digits) => digits.trim().parse().ok()?,
        _ => return None,
    };
    (1.0..=LIFETIME_LIMIT)
        .contains(&seconds)
        .then_some(seconds as u64)
}
