//! What can be wrong with a provider value, found before the server listens.

use std::fmt;

use url::{Host, Url};

use super::Provider;
use super::part::PartKind;
use super::quirks::{Kind, SubjectRule};

/// A setting of a provider that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderFault {
    /// An endpoint is not an address that can be used safely.
    Endpoint {
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        fault: EndpointFault,
    },
    /// A scope holds a character that scopes cannot have.
    Scope(String),
    /// Keys without issuer or issuer without keys, and no userinfo either: nobody could be told
    /// apart although that was meant.
    HalfOfIdTokens {
        /// The setting that is missing.
        missing: &'static str,
    },
    /// The rule for the subject needs a source that is not configured.
    NoSourceForSubject,
    /// A domain, host, realm or the like is none.
    Part {
        /// The setting.
        setting: &'static str,
        /// What it must be.
        noun: &'static str,
        /// As it might be written.
        example: String,
    },
    /// An endpoint is set although the issuer's own document names it.
    EndpointBesideIssuer {
        /// The setting.
        setting: &'static str,
    },
}

/// What is wrong with an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointFault {
    /// Not an absolute URL.
    NotAUrl,
    /// Neither https nor http on a loopback address.
    WithoutTls,
    /// Carries a user name or password.
    WithCredentials,
    /// Carries a fragment, which no server would see.
    WithFragment,
    /// Carries a query, which an issuer cannot have.
    WithQuery,
}

impl fmt::Display for EndpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "is not an absolute URL; write `https://…`",
            Self::WithoutTls => {
                "is without TLS; write `https://…` (plain http is for loopback addresses only)"
            }
            Self::WithCredentials => "carries a user name or password; remove it",
            Self::WithFragment => "carries a fragment; remove `#` and what follows",
            Self::WithQuery => "carries a query; remove `?` and what follows",
        })
    }
}

impl fmt::Display for ProviderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint { setting, fault } => write!(f, "`{setting}` {fault}"),
            Self::Scope(scope) => write!(
                f,
                "`scopes` has {scope:?}, which is not one scope; write one scope an entry"
            ),
            Self::HalfOfIdTokens { missing } => write!(
                f,
                "`{missing}` is missing, so no ID token could be verified; \
                 set both `issuer` and `jwks_uri`, or `userinfo_endpoint`"
            ),
            Self::NoSourceForSubject => f.write_str(
                "the provider has no source for the user's id; \
                 set `userinfo_endpoint`, or `issuer` and `jwks_uri`",
            ),
            Self::Part {
                setting,
                noun,
                example,
            } => write!(
                f,
                "`{setting}` is not {noun}; write `{setting} = \"{example}\"`"
            ),
            Self::EndpointBesideIssuer { setting } => write!(
                f,
                "`{setting}` is set, but it is learnt from the issuer; remove it, from the \
                 environment too, or write `custom(…)` with every endpoint"
            ),
        }
    }
}

impl std::error::Error for ProviderFault {}

impl Provider {
    /// Checks everything that can be known before the first request.
    ///
    /// # Errors
    /// Every fault that was found, not just the first.
    pub fn validate(&self) -> Result<(), Vec<ProviderFault>> {
        let mut faults = Vec::new();
        self.check_parts(&mut faults);
        match self.kind {
            // What is made of them is no better.
            _ if !faults.is_empty() => {}
            Kind::Development => {}
            Kind::Discovered => self.check_discovery(&mut faults),
            Kind::Remote => {
                self.check_endpoints(&mut faults);
                self.check_sources(&mut faults);
            }
        }
        let odd = self.scopes.iter().filter(|scope| !is_scope(scope));
        faults.extend(odd.cloned().map(ProviderFault::Scope));
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// Every endpoint by the name of its setting.
    fn endpoints(&self) -> [(&'static str, Option<&String>); 7] {
        [
            ("authorization_endpoint", Some(&self.authorization_endpoint)),
            ("token_endpoint", Some(&self.token_endpoint)),
            ("userinfo_endpoint", self.userinfo_endpoint.as_ref()),
            ("emails_endpoint", self.emails_endpoint.as_ref()),
            ("membership_api", self.membership_api.as_ref()),
            ("jwks_uri", self.jwks_uri.as_ref()),
            ("revocation_endpoint", self.revocation_endpoint.as_ref()),
        ]
    }

    /// What the provider was made of, where that is not an endpoint.
    fn check_parts(&self, faults: &mut Vec<ProviderFault>) {
        for part in &self.parts {
            let setting = part.setting;
            let url = (part.kind == PartKind::Server).then(|| issuer_fault(&part.text));
            if let Some(fault) = url.flatten() {
                faults.push(ProviderFault::Endpoint { setting, fault });
            } else if !part.kind.fits(&part.text) {
                faults.push(ProviderFault::Part {
                    setting,
                    noun: part.kind.noun(),
                    example: part.kind.meant(&part.text).unwrap_or(part.example).into(),
                });
            }
        }
    }

    fn check_endpoints(&self, faults: &mut Vec<ProviderFault>) {
        for (setting, url) in self.endpoints() {
            if let Some(fault) = url.and_then(|url| endpoint_fault(url, true)) {
                faults.push(ProviderFault::Endpoint { setting, fault });
            }
        }
    }

    fn check_discovery(&self, faults: &mut Vec<ProviderFault>) {
        if let Some(fault) = issuer_fault(self.issuer.as_deref().unwrap_or_default()) {
            let setting = "issuer";
            faults.push(ProviderFault::Endpoint { setting, fault });
        }
        let set = self.endpoints().into_iter();
        let set = set.filter(|(_, url)| url.is_some_and(|url| !url.is_empty()));
        faults.extend(set.map(|(setting, _)| ProviderFault::EndpointBesideIssuer { setting }));
    }

    fn check_sources(&self, faults: &mut Vec<ProviderFault>) {
        let missing = match (&self.issuer, &self.jwks_uri) {
            (None, Some(_)) => Some("issuer"),
            (Some(_), None) => Some("jwks_uri"),
            _ => None,
        };
        if self.userinfo_endpoint.is_none() {
            faults.extend(missing.map(|missing| ProviderFault::HalfOfIdTokens { missing }));
        }
        let has_source = match self.subject {
            SubjectRule::SubOrId => true,
            SubjectRule::TenantAndObject => self.verifies_id_tokens(),
            SubjectRule::Sub | SubjectRule::NumericId | SubjectRule::Named(_) => {
                self.verifies_id_tokens() || self.userinfo_endpoint.is_some()
            }
        };
        if !has_source {
            faults.push(ProviderFault::NoSourceForSubject);
        }
    }
}

/// What is wrong with `issuer` as OpenID Connect Discovery §3 has it. Only characters that a URL
/// can have: it is compared byte by byte, and braces are the mark of a tenant to fill in.
fn issuer_fault(issuer: &str) -> Option<EndpointFault> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"{}<>\"\\^`|".contains(&byte);
    if !issuer.bytes().all(is_plain) {
        return Some(EndpointFault::NotAUrl);
    }
    let query = || issuer.contains('?').then_some(EndpointFault::WithQuery);
    endpoint_fault(issuer, true).or_else(query)
}

/// What is wrong with `url` as an endpoint, if anything. Plain http is for loopback addresses, and
/// for them only where it is `cleartext_on_loopback`.
pub(crate) fn endpoint_fault(url: &str, cleartext_on_loopback: bool) -> Option<EndpointFault> {
    let Ok(parsed) = Url::parse(url) else {
        return Some(EndpointFault::NotAUrl);
    };
    let loopback = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Some(EndpointFault::NotAUrl),
    };
    let may_be_cleartext = loopback && cleartext_on_loopback;
    if parsed.scheme() != "https" && !(parsed.scheme() == "http" && may_be_cleartext) {
        return Some(EndpointFault::WithoutTls);
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Some(EndpointFault::WithCredentials);
    }
    parsed
        .fragment()
        .is_some()
        .then_some(EndpointFault::WithFragment)
}

/// Whether `text` is a scope token of RFC 6749 §3.3.
fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
