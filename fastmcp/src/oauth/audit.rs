//! One event for each decision, for whoever has to find out later what happened.
//!
//! Events go to the target `fastmcp::audit`. Ids appear as the first eight hex digits of their
//! SHA-256: enough to follow one through a log, nothing to use.

use std::fmt;

use sha2::{Digest, Sha256};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Registered,
    RegistrationRefused,
    PublishedClientRefused,
    AuthorizationRefused,
    ConsentShown,
    Approved,
    Denied,
    ConsentRefused,
    CallbackRefused,
    ProviderRefused,
    LoginRefused,
    CodeIssued,
    CodeRedeemed,
    CodeReplayed,
    ClientRefused,
    TokenRefused,
    Refreshed,
    RefreshReused,
    Revoked,
    RevocationIgnored,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::RegistrationRefused => "registration_refused",
            Self::PublishedClientRefused => "published_client_refused",
            Self::AuthorizationRefused => "authorization_refused",
            Self::ConsentShown => "consent_shown",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::ConsentRefused => "consent_refused",
            Self::CallbackRefused => "callback_refused",
            Self::ProviderRefused => "provider_refused",
            Self::LoginRefused => "login_refused",
            Self::CodeIssued => "code_issued",
            Self::CodeRedeemed => "code_redeemed",
            Self::CodeReplayed => "code_replay",
            Self::ClientRefused => "client_refused",
            Self::TokenRefused => "token_refused",
            Self::Refreshed => "refreshed",
            Self::RefreshReused => "refresh_reuse",
            Self::Revoked => "revoked",
            Self::RevocationIgnored => "revocation_ignored",
        }
    }

    /// Whether somebody may be trying something.
    fn is_alarming(self) -> bool {
        matches!(self, Self::CodeReplayed | Self::RefreshReused)
    }
}

/// An id as it may be logged.
#[derive(Clone, Copy)]
pub(super) struct Id([u8; 4]);

impl Id {
    pub(super) fn of(text: &str) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// Who a decision was about, as far as it is known.
#[derive(Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub(super) client: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
    pub(super) grant: Option<&'a str>,
}

impl<'a> About<'a> {
    pub(super) fn client(client: &'a str) -> Self {
        Self {
            client: Some(client),
            ..Self::default()
        }
    }
}

/// Writes `event`; `reason` is a constant of ours, such as an error code.
pub(super) fn record(event: Event, about: About<'_>, reason: &'static str) {
    let name = event.name();
    let id = |text: Option<&str>| text.map(Id::of).map(tracing::field::display);
    let (client, subject, grant) = (id(about.client), id(about.subject), id(about.grant));
    if event.is_alarming() {
        tracing::warn!(target: "fastmcp::audit", event = name, client, subject, grant, reason);
    } else {
        tracing::info!(target: "fastmcp::audit", event = name, client, subject, grant, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_eight_hex_digits_of_their_hash() {
        // SHA-256 of "abc" begins with ba7816bf.
        assert_eq!(Id::of("abc").to_string(), "ba7816bf");
    }
}
