//! What can be decided.

use std::net::IpAddr;

use super::AuditId;

/// Why a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// Its client gave it back (RFC 7009).
    ByClient,
    /// The server's own code ended it.
    ByServer,
    /// An operator's command ended it.
    ByOperator,
    /// The identity provider ended the login.
    ByProvider,
    /// Its user may not be here any more: by the server's rule, or because the provider speaks of
    /// somebody else.
    NotAdmitted,
    /// Its code was redeemed a second time (RFC 6749 section 4.1.2).
    CodeReplayed,
    /// A refresh token was used again after its time (RFC 9700 section 4.14.2).
    RefreshReused,
}

impl Ended {
    fn as_str(self) -> &'static str {
        match self {
            Self::ByClient => "by_client",
            Self::ByServer => "by_server",
            Self::ByOperator => "by_operator",
            Self::ByProvider => "ended_by_provider",
            Self::NotAdmitted => "not_admitted",
            Self::CodeReplayed => "code_replay",
            Self::RefreshReused => "refresh_reuse",
        }
    }
}

/// A decision. `reason` is a constant of this crate, such as an error code; what was sent is never
/// repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say the same in every variant")]
pub enum AuditEvent {
    /// A client registered (RFC 7591).
    Registered { client: AuditId },
    /// A registration was refused.
    RegistrationRefused { reason: &'static str },
    /// What a client publishes at its URL was not taken.
    PublishedClientRefused {
        client: AuditId,
        reason: &'static str,
    },
    /// A request to authorize was refused.
    AuthorizationRefused {
        client: Option<AuditId>,
        reason: &'static str,
    },
    /// A user was asked for consent.
    ConsentShown { client: AuditId },
    /// A user said yes, or no screen is configured.
    ConsentApproved { client: AuditId },
    /// A user said no.
    ConsentDenied { client: AuditId },
    /// A decision was not taken: another browser's, an old one, a changed one.
    ConsentRefused {
        client: Option<AuditId>,
        reason: &'static str,
    },
    /// A browser came back that was not waited for.
    CallbackRefused { reason: &'static str },
    /// The identity provider did not complete a sign-in.
    ProviderRefused {
        client: AuditId,
        reason: &'static str,
    },
    /// A sign-in ended without a code: the user may not sign in, or the provider said no.
    LoginRefused {
        client: AuditId,
        reason: &'static str,
    },
    /// A code was issued.
    CodeIssued { client: AuditId },
    /// A code became tokens.
    CodeRedeemed {
        client: AuditId,
        subject: AuditId,
        grant: AuditId,
    },
    /// A code was redeemed a second time; its grant has ended.
    CodeReplayed {
        client: AuditId,
        grant: Option<AuditId>,
    },
    /// A client did not prove who it is.
    ClientRefused {
        client: Option<AuditId>,
        reason: &'static str,
    },
    /// A code or refresh token was refused.
    TokenRefused {
        client: AuditId,
        reason: &'static str,
    },
    /// A refresh token was rotated, or answered again within its window.
    RefreshRotated {
        client: AuditId,
        subject: AuditId,
        grant: AuditId,
    },
    /// A refresh token was used again after its time; its family has ended.
    RefreshReused {
        client: AuditId,
        grant: Option<AuditId>,
    },
    /// A grant has ended, and all its tokens with it.
    GrantEnded {
        client: AuditId,
        subject: AuditId,
        grant: AuditId,
        reason: Ended,
    },
    /// One access token has ended, and its grant goes on.
    AccessTokenRevoked { client: AuditId },
    /// A revocation changed nothing.
    RevocationIgnored {
        client: AuditId,
        reason: &'static str,
    },
    /// A rule kept a caller from what the server offers; `item` is its name in the server.
    AccessRefused {
        item: &'static str,
        client: Option<AuditId>,
        subject: Option<AuditId>,
        reason: &'static str,
    },
    /// Somebody asked too often; `limit` is the name of the quota.
    RateLimited {
        limit: &'static str,
        client: Option<AuditId>,
    },
    /// A registration that nobody used was removed to make room.
    RegistrationEvicted { client: AuditId },
    /// A record could not be opened: it was changed, or moved.
    StorageDamaged { kind: &'static str },
    /// Data of another key: the server did not start.
    KeyMismatch,
    /// Records are sealed with a new key; `key` is its fingerprint.
    KeysRotated { key: AuditId },
    /// An operator's command changed something.
    AdminAction { action: &'static str, count: u64 },
}

/// What an event is about, as the log writes it.
#[derive(Default)]
struct About {
    client: Option<AuditId>,
    subject: Option<AuditId>,
    grant: Option<AuditId>,
}

impl AuditEvent {
    /// The event's name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::RegistrationRefused { .. } => "registration_refused",
            Self::PublishedClientRefused { .. } => "published_client_refused",
            Self::AuthorizationRefused { .. } => "authorization_refused",
            Self::ConsentShown { .. } => "consent_shown",
            Self::ConsentApproved { .. } => "approved",
            Self::ConsentDenied { .. } => "denied",
            Self::ConsentRefused { .. } => "consent_refused",
            Self::CallbackRefused { .. } => "callback_refused",
            Self::ProviderRefused { .. } => "provider_refused",
            Self::LoginRefused { .. } => "login_refused",
            Self::CodeIssued { .. } => "code_issued",
            Self::CodeRedeemed { .. } => "code_redeemed",
            Self::CodeReplayed { .. } => "code_replay",
            Self::ClientRefused { .. } => "client_refused",
            Self::TokenRefused { .. } => "token_refused",
            Self::RefreshRotated { .. } => "refreshed",
            Self::RefreshReused { .. } => "refresh_reuse",
            Self::GrantEnded { .. } | Self::AccessTokenRevoked { .. } => "revoked",
            Self::RevocationIgnored { .. } => "revocation_ignored",
            Self::AccessRefused { .. } => "access_refused",
            Self::RateLimited { .. } => "rate_limited",
            Self::RegistrationEvicted { .. } => "registration_evicted",
            Self::StorageDamaged { .. } => "storage_integrity",
            Self::KeyMismatch => "key_mismatch",
            Self::KeysRotated { .. } => "keys_rotated",
            Self::AdminAction { .. } => "admin_action",
        }
    }

    /// Why, or how it went: a constant of this crate.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::RegistrationRefused { reason }
            | Self::PublishedClientRefused { reason, .. }
            | Self::AuthorizationRefused { reason, .. }
            | Self::ConsentRefused { reason, .. }
            | Self::CallbackRefused { reason }
            | Self::ProviderRefused { reason, .. }
            | Self::LoginRefused { reason, .. }
            | Self::ClientRefused { reason, .. }
            | Self::TokenRefused { reason, .. }
            | Self::RevocationIgnored { reason, .. }
            | Self::AccessRefused { reason, .. } => reason,
            Self::GrantEnded { reason, .. } => reason.as_str(),
            Self::RateLimited { limit, .. } => limit,
            Self::StorageDamaged { kind } => kind,
            Self::AdminAction { action, .. } => action,
            Self::AccessTokenRevoked { .. } => "access_token",
            Self::CodeReplayed { .. } => "invalid_code",
            Self::RefreshReused { .. } => "invalid_refresh_token",
            _ => "ok",
        }
    }

    /// Whether somebody may be trying something, or something is broken.
    pub fn is_alarming(&self) -> bool {
        matches!(
            self,
            Self::CodeReplayed { .. }
                | Self::RefreshReused { .. }
                | Self::StorageDamaged { .. }
                | Self::KeyMismatch
        )
    }

    fn about(&self) -> About {
        let client = |client| About {
            client,
            ..About::default()
        };
        match *self {
            Self::Registered { client: id }
            | Self::PublishedClientRefused { client: id, .. }
            | Self::ConsentShown { client: id }
            | Self::ConsentApproved { client: id }
            | Self::ConsentDenied { client: id }
            | Self::ProviderRefused { client: id, .. }
            | Self::LoginRefused { client: id, .. }
            | Self::CodeIssued { client: id }
            | Self::TokenRefused { client: id, .. }
            | Self::AccessTokenRevoked { client: id }
            | Self::RevocationIgnored { client: id, .. }
            | Self::RegistrationEvicted { client: id } => client(Some(id)),
            Self::AuthorizationRefused { client: id, .. }
            | Self::ConsentRefused { client: id, .. }
            | Self::ClientRefused { client: id, .. }
            | Self::RateLimited { client: id, .. } => client(id),
            Self::CodeRedeemed {
                client,
                subject,
                grant,
            }
            | Self::RefreshRotated {
                client,
                subject,
                grant,
            }
            | Self::GrantEnded {
                client,
                subject,
                grant,
                ..
            } => About {
                client: Some(client),
                subject: Some(subject),
                grant: Some(grant),
            },
            Self::CodeReplayed { client, grant } | Self::RefreshReused { client, grant } => About {
                client: Some(client),
                grant,
                ..About::default()
            },
            Self::AccessRefused {
                client, subject, ..
            } => About {
                client,
                subject,
                ..About::default()
            },
            Self::RegistrationRefused { .. }
            | Self::CallbackRefused { .. }
            | Self::StorageDamaged { .. }
            | Self::KeyMismatch
            | Self::KeysRotated { .. }
            | Self::AdminAction { .. } => About::default(),
        }
    }

    /// Writes it to the log.
    pub(super) fn trace(&self, address: Option<IpAddr>) {
        let (event, reason) = (self.name(), self.reason());
        let About {
            client,
            subject,
            grant,
        } = self.about();
        let shown = |id: Option<AuditId>| id.map(tracing::field::display);
        let (client, subject, grant) = (shown(client), shown(subject), shown(grant));
        let address = address.map(tracing::field::display);
        let (item, count, key) = match self {
            Self::AccessRefused { item, .. } => (Some(*item), None, None),
            Self::AdminAction { count, .. } => (None, Some(*count), None),
            Self::KeysRotated { key } => (None, None, Some(tracing::field::display(*key))),
            _ => (None, None, None),
        };
        macro_rules! told {
            ($level:ident) => {
                tracing::$level!(
                    target: "fastmcp::audit",
                    event, client, subject, grant, reason, address, item, count, key
                )
            };
        }
        if self.is_alarming() {
            told!(warn);
        } else {
            told!(info);
        }
    }
}
