//! Refusals that a client can act on: `WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section
//! 5.1) with the metadata's address and every scope the operation needs.

use http::{HeaderValue, StatusCode};

/// A refusal: the status and its `WWW-Authenticate` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// No token came along: 401 without `error`.
    SignIn,
    /// The token that came along is no good: 401 `invalid_token`.
    InvalidToken,
    /// The token lacks scopes: 403 `insufficient_scope`.
    InsufficientScope,
}

impl Challenge {
    /// The HTTP status of the refusal.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignIn | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
        }
    }

    /// The `WWW-Authenticate` value, one line, with `scopes` in the order given.
    pub fn header<S: AsRef<str>>(
        &self,
        resource_metadata: &str,
        scopes: impl IntoIterator<Item = S>,
    ) -> HeaderValue {
        let mut text = String::from("Bearer ");
        match self {
            Self::SignIn => {}
            Self::InvalidToken => {
                text.push_str(
                    "error=\"invalid_token\", error_description=\"the token is not valid here; \
                     sign in again\", ",
                );
            }
            Self::InsufficientScope => {
                text.push_str(
                    "error=\"insufficient_scope\", error_description=\"the operation needs more \
                     scopes\", ",
                );
            }
        }
        let scopes: Vec<_> = scopes.into_iter().collect();
        if !scopes.is_empty() {
            let joined: Vec<_> = scopes.iter().map(AsRef::as_ref).collect();
            quote("scope", &joined.join(" "), &mut text);
            text.push_str(", ");
        }
        quote("resource_metadata", resource_metadata, &mut text);
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
    }
}

/// Appends `name="value"` as a quoted-string on one line (RFC 9110 section 5.6.4): what could end
/// the quote is escaped, what could end the line is dropped.
fn quote(name: &str, value: &str, text: &mut String) {
    text.push_str(name);
    text.push_str("=\"");
    for c in value.chars().filter(|c| (' '..='~').contains(c)) {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
}
