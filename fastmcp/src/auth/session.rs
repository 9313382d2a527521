//! The signed-in caller, as tools and access rules see it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::mask::{Handed, Mask};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
pub use crate::spec::Claims;

/// The signed-in caller of a tool.
///
/// Cheap to clone. A tool takes it by reference (`user: &AuthSession`), which requires that the
/// tool asks for a signed-in user.
#[derive(Clone)]
pub struct AuthSession(Arc<Inner>);

struct Inner {
    principal: Principal,
    upstream: Option<Arc<dyn TokenSource>>,
    handed: Handed,
}

/// The facts about a caller that are settled when the token is checked.
#[derive(Clone, Debug, Default)]
pub struct Principal {
    /// Immutable id of the user at the identity provider.
    pub subject: String,
    /// The OAuth client that acts for the user.
    pub client_id: String,
    /// Scopes of this token.
    pub scopes: BTreeSet<String>,
    /// Roles from verified sources.
    pub roles: BTreeSet<String>,
    /// Claims passed through from the provider.
    pub claims: Claims,
    /// When the token ends.
    pub expires_at: UnixSeconds,
}

/// Where a fresh upstream token comes from.
pub trait TokenSource: Send + Sync + 'static {
    /// The upstream access token, refreshed if it is about to expire.
    fn access_token(&self) -> BoxFuture<'_, Result<Secret, TokenUnavailable>>;
}

/// Why there is no upstream token to hand out. A tool passes it on with `?`; the caller then sees
/// its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUnavailable {
    /// The session did not come from an identity provider that gives tokens.
    None,
    /// The provider no longer honours the grant; the user must sign in again.
    SignInAgain,
    /// Provider or store are out of reach for the moment.
    Unavailable,
}

impl fmt::Display for TokenUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "this session has no upstream token",
            Self::SignInAgain => "the identity provider ended this login; sign in again",
            Self::Unavailable => "the identity provider is out of reach; try again in a moment",
        })
    }
}

impl std::error::Error for TokenUnavailable {}

impl AuthSession {
    /// A session for `principal` whose upstream token, if there is one, comes from `upstream`.
    pub fn new(principal: Principal, upstream: Option<Arc<dyn TokenSource>>) -> Self {
        Self(Arc::new(Inner {
            principal,
            upstream,
            handed: Handed::default(),
        }))
    }

    /// Immutable id of the user at the identity provider.
    pub fn subject(&self) -> &str {
        &self.0.principal.subject
    }

    /// Id of the OAuth client that acts for the user.
    pub fn client_id(&self) -> &str {
        &self.0.principal.client_id
    }

    /// Scopes of the token that was presented.
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.0.principal.scopes
    }

    /// Whether the token carries `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.0.principal.scopes.contains(scope)
    }

    /// Roles of the user, from verified sources only.
    pub fn roles(&self) -> &BTreeSet<String> {
        &self.0.principal.roles
    }

    /// Whether the user has `role`.
    pub fn has_role(&self, role: &str) -> bool {
        self.0.principal.roles.contains(role)
    }

    /// Claims that were passed through from the identity provider, for a tool to read. Not for a
    /// decision about access: those of an access token that no `token_verifier` checks are only
    /// the provider's word to itself. Roles come from verified sources.
    pub fn claims(&self) -> &Claims {
        &self.0.principal.claims
    }

    /// When the presented token ends.
    pub fn expires_at(&self) -> UnixSeconds {
        self.0.principal.expires_at
    }

    /// The user's access token at the identity provider, loaded from the sealed store and
    /// refreshed if it is about to expire. Should the tool say it to the client, in an answer, an
    /// error, progress, its log or a question, `[masked]` stands in its place.
    ///
    /// # Errors
    /// [`TokenUnavailable`]: none was given, the provider ended the login, or it is out of reach.
    pub async fn access_token(&self) -> Result<Secret, TokenUnavailable> {
        let source = self.0.upstream.as_ref().ok_or(TokenUnavailable::None)?;
        let token = source.access_token().await?;
        self.0.handed.note(&token);
        Ok(token)
    }

    /// What must not be said, if any upstream token was handed out.
    pub(crate) fn mask(&self) -> Option<Mask> {
        self.0.handed.mask()
    }
}

impl fmt::Debug for AuthSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthSession")
            .field("subject", &self.subject())
            .field("client_id", &self.client_id())
            .field("scopes", self.scopes())
            .field("roles", self.roles())
            .finish_non_exhaustive()
    }
}
