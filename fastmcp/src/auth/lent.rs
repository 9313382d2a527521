//! Sessions that lend an upstream token, for the tests of what is said with one.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{AuthSession, Principal, TokenSource, TokenUnavailable};
use crate::secret::Secret;

struct Lent(&'static str);

impl TokenSource for Lent {
    fn access_token(&self) -> BoxFuture<'_, Result<Secret, TokenUnavailable>> {
        Box::pin(async { Ok(Secret::from(self.0)) })
    }
}

/// A session that gives `token` to who asks for one.
pub(crate) fn lending(token: &'static str) -> AuthSession {
    AuthSession::new(Principal::default(), Some(Arc::new(Lent(token))))
}
