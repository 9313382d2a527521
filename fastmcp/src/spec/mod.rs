//! The words of the RFCs as types: each parses or fails, and compares in exactly one way.
//!
//! No I/O and no clock. A value of one of these types has passed its grammar, so nobody further up
//! checks again; what they hold is the canonical text, and equality is equality of bytes. All
//! serialize as that text and validate again when they are read back.
//!
//! | type | from | rule |
//! |---|---|---|
//! | [`RedirectUri`], [`RedirectPatterns`] | RFC 6749 3.1.2, RFC 8252 7 | one spelling only; patterns match parsed parts |
//! | [`CodeChallenge`] | RFC 7636 4.2 | S256 only |
//! | [`Scopes`] | RFC 6749 3.3 | a set of tokens |
//! | [`Resource`] | RFC 8707 2 | made canonical, then compared by bytes |
//! | [`ClientIdUrl`] | Client ID Metadata Document 3 | https to a DNS name, one spelling only |
//! | [`BaseUrl`] | RFC 8414 2 | https, or http on loopback; issuer of this server |
//! | [`UriTemplate`] | RFC 6570 | one reading of a URI, or none |

mod address;
mod base_url;
mod client_id_url;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(crate) mod fuzz;
mod pattern;
mod pkce;
mod redirect_uri;
mod redirect_uri_error;
mod resource;
mod scope;
mod uri;
mod uri_match;
mod uri_template;

/// Serialization as text, and parsing again when read back.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
use serde_as_text;

pub use self::address::is_public;
pub use self::base_url::{BaseUrl, BaseUrlError};
pub use self::client_id_url::ClientIdUrl;
pub use self::pattern::{PatternDanger, PatternError, RedirectPatterns};
pub use self::pkce::{CodeChallenge, CodeChallengeError};
pub use self::redirect_uri::RedirectUri;
pub use self::redirect_uri_error::RedirectUriError;
pub use self::resource::{Resource, ResourceError};
pub use self::scope::{ScopeError, Scopes};
pub use self::uri_template::{UriTemplate, UriTemplateError};

/// Claims by name, as JSON (RFC 7519 4): what providers say and tokens carry.
pub type Claims = serde_json::Map<String, serde_json::Value>;
