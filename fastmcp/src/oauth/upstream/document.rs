//! The document in which a provider says where it is reached (OpenID Connect Discovery 1.0 §3).
//!
//! It decides where codes and our client secret are sent, so it is taken whole or not at all: it
//! must speak for the configured issuer to the byte (§4.3; otherwise one provider could pose as
//! another), and every endpoint that we would use must be safe to use. Of what it says, nothing
//! goes into a log.

use std::fmt;

use http::StatusCode;
use serde::Deserialize;

use super::wire::Answer;
use crate::provider::{EndpointFault, endpoint_fault};

/// Longest address of an endpoint.
const LONGEST: usize = 2048;

/// Where the document of `issuer` is (§4): a slash at the end of the issuer counts once.
pub(super) fn address_of(issuer: &str) -> String {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    format!("{issuer}/.well-known/openid-configuration")
}

/// The members that we use, as they came.
#[derive(Deserialize)]
struct Raw {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    jwks_uri: Option<String>,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// A document that was checked.
pub(super) struct Document {
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
    pub(super) takes_post_alone: bool,
}

/// Why a document is refused, in words of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// There is none: another answer than 200.
    NoDocument(StatusCode),
    /// Not a JSON object with members of the right type, each once.
    NotADocument,
    /// It speaks for another issuer.
    OtherIssuer {
        /// A slash at the end is all the difference.
        by_a_slash: bool,
    },
    /// A member that nothing works without is not there.
    Missing(&'static str),
    /// An endpoint cannot be used safely.
    Endpoint(&'static str, EndpointFault),
}

impl Document {
    /// Reads the document of `issuer`.
    pub(super) fn read(answer: &Answer, issuer: &str) -> Result<Self, Unfit> {
        if answer.status != StatusCode::OK {
            return Err(Unfit::NoDocument(answer.status));
        }
        let raw: Raw = serde_json::from_slice(&answer.body).map_err(|_| Unfit::NotADocument)?;
        let named = raw.issuer.ok_or(Unfit::Missing("issuer"))?;
        if named != issuer {
            let bare = |issuer: &str| issuer.strip_suffix('/').unwrap_or(issuer).to_owned();
            let by_a_slash = bare(&named) == bare(issuer);
            return Err(Unfit::OtherIssuer { by_a_slash });
        }
        // Only a provider on this machine, which has no TLS itself, may name endpoints without.
        let cleartext_on_loopback = !issuer.to_ascii_lowercase().starts_with("https:");
        let optional = |name, url: Option<String>| match url {
            Some(url) => checked(name, url, cleartext_on_loopback).map(Some),
            None => Ok(None),
        };
        let required = |name, url| optional(name, url)?.ok_or(Unfit::Missing(name));
        Ok(Self {
            authorization_endpoint: required("authorization_endpoint", raw.authorization_endpoint)?,
            token_endpoint: required("token_endpoint", raw.token_endpoint)?,
            jwks_uri: required("jwks_uri", raw.jwks_uri)?,
            userinfo_endpoint: optional("userinfo_endpoint", raw.userinfo_endpoint)?,
            revocation_endpoint: optional("revocation_endpoint", raw.revocation_endpoint)?,
            // Without the list it is `client_secret_basic`.
            takes_post_alone: raw
                .token_endpoint_auth_methods_supported
                .is_some_and(|methods| {
                    let has = |method: &str| methods.iter().any(|known| known == method);
                    has("client_secret_post") && !has("client_secret_basic")
                }),
        })
    }
}

fn checked(name: &'static str, url: String, cleartext_on_loopback: bool) -> Result<String, Unfit> {
    let is_plain = url.len() <= LONGEST && url.bytes().all(|byte| byte.is_ascii_graphic());
    let fault = if is_plain {
        endpoint_fault(&url, cleartext_on_loopback)
    } else {
        Some(EndpointFault::NotAUrl)
    };
    fault.map_or(Ok(url), |fault| Err(Unfit::Endpoint(name, fault)))
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDocument(status) => write!(
                f,
                "there is none (HTTP {}); correct the issuer if it is not the provider's",
                status.as_u16()
            ),
            Self::NotADocument => f.write_str(
                "it is no discovery document; correct the issuer if it is not the provider's",
            ),
            Self::OtherIssuer { by_a_slash: true } => f.write_str(
                "its `issuer` differs by the slash at the end; write the issuer as the provider does",
            ),
            Self::OtherIssuer { by_a_slash: false } => f.write_str(
                "its `issuer` is another one; write the issuer as the provider does, to the letter",
            ),
            Self::Missing(member) => write!(
                f,
                "it has no `{member}`; use `custom(…)` for a provider that does not name it"
            ),
            Self::Endpoint(member, fault) => write!(f, "its `{member}` {}", of_theirs(*fault)),
        }
    }
}

/// An endpoint's fault in words for who cannot correct it.
fn of_theirs(fault: EndpointFault) -> &'static str {
    match fault {
        EndpointFault::WithoutTls => "is without TLS",
        EndpointFault::WithCredentials => "carries a user name or password",
        EndpointFault::WithFragment => "carries a fragment",
        _ => "is no URL that can be used",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_has_one_slash_whatever_the_issuer_ends_with() {
        for (issuer, address) in [
            ("https://a.example", "https://a.example/"),
            ("https://a.example/", "https://a.example/"),
            ("https://a.example/b", "https://a.example/b/"),
            ("https://a.example/b/", "https://a.example/b/"),
        ] {
            let address = format!("{address}.well-known/openid-configuration");
            assert_eq!(address_of(issuer), address);
        }
    }

    /// The document of `issuer` whose endpoints are all below `base`.
    fn read(issuer: &str, base: &str) -> Result<Document, Unfit> {
        let body = serde_json::json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{base}/a"),
            "token_endpoint": format!("{base}/t"),
            "jwks_uri": format!("{base}/k"),
        });
        let answer = Answer {
            status: StatusCode::OK,
            content_type: None,
            body: body.to_string().into(),
        };
        Document::read(&answer, issuer)
    }

    #[test]
    fn only_an_issuer_on_this_machine_has_endpoints_without_tls() {
        let local = "http://127.0.0.1:9";
        assert!(read(local, local).is_ok());
        assert!(read(local, "https://id.example").is_ok());
        assert!(read("https://id.example", "https://other.example").is_ok());
        let endpoint = "authorization_endpoint";
        for (issuer, base) in [
            ("https://id.example", local),
            ("https://127.0.0.1:9", local),
            ("HTTPS://id.example", "http://localhost"),
            (local, "http://id.example"),
        ] {
            let fault = Unfit::Endpoint(endpoint, EndpointFault::WithoutTls);
            assert_eq!(read(issuer, base).err(), Some(fault), "{issuer} {base}");
        }
    }

    #[test]
    fn the_log_says_what_to_do_and_nothing_of_theirs() {
        let by_a_slash = Unfit::OtherIssuer { by_a_slash: true };
        assert!(by_a_slash.to_string().contains("slash"));
        let fault = Unfit::Endpoint("token_endpoint", EndpointFault::WithoutTls);
        assert_eq!(fault.to_string(), "its `token_endpoint` is without TLS");
    }
}
