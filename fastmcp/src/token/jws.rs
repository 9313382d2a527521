//! The compact serialization of RFC 7515: three base64url parts, and the checks on time and
//! strings that all verifiers share.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Claims, json};
use crate::parts::UnixSeconds;

/// How far clocks may be apart when a token says that it begins in the future.
pub(super) const SKEW: UnixSeconds = 60;

/// A compact JWS taken apart; nothing has been decoded or checked.
#[derive(Clone, Copy)]
pub(super) struct Compact<'a> {
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
    /// Header and payload with the dot between: what is signed.
    pub(super) message: &'a str,
}

impl<'a> Compact<'a> {
    /// Takes `token` apart if it has three parts and no more than `limit` bytes.
    pub(super) fn parse(token: &'a str, limit: usize) -> Option<Self> {
        if token.len() > limit {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let plain = !payload.contains('.') && !signature.is_empty();
        plain.then_some(Self {
            header,
            payload,
            signature,
            message,
        })
    }
}

/// The JSON object in one part.
pub(super) fn decode(part: &str) -> Option<Claims> {
    json::parse_object(&URL_SAFE_NO_PAD.decode(part).ok()?)
}

/// The claim as a string.
pub(super) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// Whether a `NumericDate` that may be missing is not later than `latest`; anything that is no
/// whole, positive number fails.
pub(super) fn not_after(claims: &Claims, name: &str, latest: UnixSeconds) -> bool {
    claims
        .get(name)
        .is_none_or(|date| numeric_date(date).is_some_and(|date| date <= latest))
}

/// Seconds since the epoch: a whole number that is not negative.
pub(super) fn numeric_date(date: &Value) -> Option<UnixSeconds> {
    date.as_u64()
}
