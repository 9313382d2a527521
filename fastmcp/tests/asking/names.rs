//! Who is calling.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use fastmcp::auth::{AuthSession, Authenticator, Principal, Unauthenticated};
use futures_util::future::BoxFuture;

/// Every token is the name of its user, at the server with this metadata, and after a `~` that of
/// the client; unless it was taken back.
pub(crate) struct Names(pub(crate) &'static str, pub(crate) Revoked);

/// Tokens that were taken back.
pub(crate) type Revoked = Arc<Mutex<HashSet<String>>>;

impl Authenticator for Names {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        let (subject, client) = token.split_once('~').unwrap_or((token, "client"));
        let principal = Principal {
            subject: subject.to_owned(),
            client_id: client.to_owned(),
            ..Principal::default()
        };
        let revoked = self.1.lock().unwrap().contains(token);
        Box::pin(async move {
            if revoked {
                return Err(Unauthenticated::InvalidToken);
            }
            Ok(AuthSession::new(principal, None))
        })
    }

    fn resource_metadata(&self) -> &'static str {
        self.0
    }
}
