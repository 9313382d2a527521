//! The rights of one who listens for long.
//!
//! A request is judged once, a stream again and again: before anything is told on it, and in
//! silence every [`event::KEEP_ALIVE`](super::event::KEEP_ALIVE), the token that opened it is
//! looked at as if it came anew. So a stream ends with its token, with the login behind it, or
//! with a role that was taken. Those behind a call are `call_rights`.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::watch;

use super::edge::Edge;
use super::event::KEEP_ALIVE;
use super::news::may_hear;
use crate::auth::{AuthSession, Unauthenticated};
use crate::guard;
use crate::item::News;
use crate::secret::Secret;

/// How long news waits for a caller whose token cannot be looked at.
const RETRY: Duration = Duration::from_secs(5);

/// Who listens, and with which token.
pub(crate) struct Rights {
    edge: Arc<Edge>,
    token: Option<Secret>,
    user: Option<AuthSession>,
}

/// How it stands with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    /// It cannot be looked at now; tell nothing until it can.
    Unknown,
    /// It is no good any more.
    Ended,
}

impl Rights {
    /// Those of the request with these headers, which was found to be `user`'s.
    pub(crate) fn new(edge: &Arc<Edge>, headers: &HeaderMap, user: Option<&AuthSession>) -> Self {
        let token = guard::bearer(headers).ok().flatten();
        Self {
            edge: Arc::clone(edge),
            token: token.filter(|_| user.is_some()).map(Secret::from),
            user: user.cloned(),
        }
    }

    /// Looks at the token again.
    pub(crate) async fn check(&mut self) -> Standing {
        let (Some(token), Some(authenticator)) = (&self.token, &self.edge.authenticator) else {
            return Standing::Good;
        };
        match authenticator.authenticate(token.expose()).await {
            Ok(user) => {
                self.user = Some(user);
                Standing::Good
            }
            Err(Unauthenticated::Unavailable { .. }) => Standing::Unknown,
            Err(Unauthenticated::InvalidToken) => Standing::Ended,
        }
    }

    /// Whether the time of the token is over.
    pub(crate) fn are_past(&self) -> bool {
        let now = self.edge.dispatcher.parts().clock.now();
        let ends = self.user.as_ref().map_or(0, AuthSession::expires_at);
        (1..=now).contains(&ends)
    }

    /// How long the last look counts while nothing happens.
    pub(crate) fn good_for(&self) -> Duration {
        let Some(user) = &self.user else {
            return KEEP_ALIVE;
        };
        let now = self.edge.dispatcher.parts().clock.now();
        match user.expires_at().saturating_sub(now) {
            0 => KEEP_ALIVE,
            seconds => KEEP_ALIVE.min(Duration::from_secs(seconds)),
        }
    }

    /// Done when it is time to look again at a token that could not be looked at, or when the
    /// server stops.
    pub(crate) async fn wait(&self, stopping: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = stopped(stopping) => {}
            () = tokio::time::sleep(RETRY) => {}
        }
    }

    pub(crate) fn user(&self) -> Option<&AuthSession> {
        self.user.as_ref()
    }

    pub(crate) async fn may_hear(&self, news: &News) -> bool {
        may_hear(&self.edge.dispatcher, self.user(), news).await
    }
}

/// Done when the server is about to stop.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without a sender there is no server left to stop.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
