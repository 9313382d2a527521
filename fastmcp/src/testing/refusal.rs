//! A refusal as HTTP tells it (RFC 6750 section 3).

use serde_json::Value;

use super::Refused;
use super::line::Response;

/// The refusal that a response is, if it is one.
pub(super) fn of(response: &Response, body: &[u8]) -> Option<Refused> {
    if !matches!(response.status, 401 | 403 | 503) {
        return None;
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let message = body["error"]["message"].as_str();
    let challenge = response.header("www-authenticate").unwrap_or_default();
    let scopes = parameter(challenge, "scope").unwrap_or_default();
    Some(Refused {
        status: response.status,
        message: message.unwrap_or_default().to_owned(),
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        roles: Vec::new(),
    })
}

/// A quoted parameter of a challenge.
pub(super) fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = challenge.split_once(' ')?.1;
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"')?;
        if key.trim_start_matches([',', ' ']) == name {
            return Some(value);
        }
        rest = next;
    }
    None
}
