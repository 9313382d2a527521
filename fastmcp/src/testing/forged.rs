//! Sessions that nobody logged in for. They exist in this module alone, so a build without the
//! feature `test-util` cannot have one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::auth::{AuthSession, Authenticator, Unauthenticated};
use crate::parts::Random;

/// Stands where a server's proxy stands: it knows the tokens that it gave.
pub(super) struct Forged {
    metadata: String,
    random: Random,
    sessions: Mutex<HashMap<String, AuthSession>>,
}

impl Forged {
    /// At the server with this address.
    pub(super) fn new(base_url: &str, random: Random) -> Self {
        Self {
            metadata: format!("{base_url}/.well-known/oauth-protected-resource/mcp"),
            random,
            sessions: Mutex::default(),
        }
    }

    /// A token that stands for `session`.
    pub(super) fn token(&self, session: AuthSession) -> String {
        let token = self.random.token();
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(token.clone(), session);
        token
    }
}

impl Authenticator for Forged {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let found = sessions.get(token).cloned();
        Box::pin(std::future::ready(
            found.ok_or(Unauthenticated::InvalidToken),
        ))
    }

    fn resource_metadata(&self) -> &str {
        &self.metadata
    }
}
