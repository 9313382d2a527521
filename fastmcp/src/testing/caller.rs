//! Who calls, in the words of a test.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::auth::{AuthSession, Claims, Principal, TokenSource, TokenUnavailable};
use crate::parts::UnixSeconds;
use crate::secret::Secret;

/// How long a forged session lasts.
const LIFE: UnixSeconds = 3600;

/// A person who is signed in, or is about to be.
///
/// In process ([`Client`](super::Client)) the session is what is written here. In a login
/// ([`TestServer::log_in`](super::TestServer::log_in)) it is what the provider says of that person,
/// read by the server's own rules: there roles come from `roles_from` or the provider's claims.
///
/// ```
/// use fastmcp::testing::Caller;
///
/// let ada = Caller::new("ada").role("admin").scope("notes:write").email("ada@example.com");
/// # drop(ada);
/// ```
#[derive(Clone, Debug)]
pub struct Caller {
    pub(super) subject: String,
    pub(super) roles: BTreeSet<String>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) claims: Claims,
    client_id: String,
    upstream: Upstream,
}

/// What [`AuthSession::access_token`] gives.
#[derive(Clone, Debug)]
struct Upstream(Result<Secret, TokenUnavailable>);

impl TokenSource for Upstream {
    fn access_token(&self) -> BoxFuture<'_, Result<Secret, TokenUnavailable>> {
        Box::pin(std::future::ready(self.0.clone()))
    }
}

impl Caller {
    /// The person with this id at the provider, without roles and scopes.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            roles: BTreeSet::new(),
            scopes: BTreeSet::new(),
            claims: Claims::new(),
            client_id: "test-client".to_owned(),
            upstream: Upstream(Err(TokenUnavailable::None)),
        }
    }

    /// With this role too. The server must declare it.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.insert(role.into());
        self
    }

    /// With this scope too: a token that carries it, or a login that asks for it.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.insert(scope.into());
        self
    }

    /// With this e-mail address, which the provider vouches for.
    #[must_use]
    pub fn email(self, address: impl Into<String>) -> Self {
        let address: String = address.into();
        self.claim("email", address).claim("email_verified", true)
    }

    /// With this claim.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Calls by this OAuth client, default `test-client`. A login registers a client of its own.
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = id.into();
        self
    }

    /// [`AuthSession::access_token`] gives this token; by default there is none. A login gets what
    /// the provider gives.
    #[must_use]
    pub fn upstream_token(mut self, token: impl Into<Secret>) -> Self {
        self.upstream = Upstream(Ok(token.into()));
        self
    }

    /// [`AuthSession::access_token`] fails like this.
    #[must_use]
    pub fn upstream_fails(mut self, why: TokenUnavailable) -> Self {
        self.upstream = Upstream(Err(why));
        self
    }

    /// The session that a good token of this caller stands for.
    pub(super) fn session(&self, now: UnixSeconds) -> AuthSession {
        let principal = Principal {
            subject: self.subject.clone(),
            client_id: self.client_id.clone(),
            scopes: self.scopes.clone(),
            roles: self.roles.clone(),
            claims: self.claims.clone(),
            expires_at: now + LIFE,
        };
        AuthSession::new(principal, Some(Arc::new(self.upstream.clone())))
    }
}
