//! Who is calling, and may they: no HTTP server, no OAuth.
//!
//! `mcp` (a call) and `oauth` (a login) know this module and not one another. An
//! [`Authenticator`] turns a bearer token into an [`AuthSession`]; a [`Rule`] turns a session into
//! a [`Verdict`]; a [`Challenge`] puts a refusal into words that a client can act on.

mod access;
mod challenge;
#[cfg(test)]
mod lent;
mod mask;
mod require;
mod session;
mod shown;

use std::time::Duration;

use futures_util::future::BoxFuture;

pub use self::access::{Predicate, Rule, Verdict};
pub use self::challenge::Challenge;
#[cfg(test)]
pub(crate) use self::lent::lending;
pub(crate) use self::mask::Mask;
pub use self::require::{
    require_all, require_any, require_auth, require_role, require_roles, require_scopes,
};
pub use self::session::{AuthSession, Claims, Principal, TokenSource, TokenUnavailable};

/// Turns the token of an `Authorization: Bearer` header into a session.
///
/// The proxy implements it; so may a user whose tokens come from elsewhere.
pub trait Authenticator: Send + Sync + 'static {
    /// The session that `token` stands for.
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>>;

    /// The session of a token that was good a moment ago, where nothing has to be asked to know that
    /// it still is. It is given texts that no token can be as well, and is asked before
    /// [`authenticate`](Self::authenticate), which is asked where this says `None`, as it does unless
    /// it is written.
    fn remembered(&self, token: &str) -> Option<AuthSession> {
        let _ = token;
        None
    }

    /// Where a client learns how to get a token: the URL of the protected resource metadata
    /// (RFC 9728 section 3), named by every challenge.
    fn resource_metadata(&self) -> &str;
}

/// Why a token did not become a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// Not a live token for this server: malformed, expired, revoked, or meant for another one.
    /// Answered with 401 `invalid_token` (RFC 6750 section 3.1).
    InvalidToken,
    /// The token could not be checked because a store or provider is down. Answered with 503 and
    /// `Retry-After`, never with 401: clients throw credentials away on that.
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}
