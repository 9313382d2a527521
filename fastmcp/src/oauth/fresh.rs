//! A grant whose upstream token is good for a while: what a tool and a refresh both need.

use std::time::Duration;

use tracing::Instrument as _;

use super::Inner;
use super::ended::tell;
use super::upstream::{Upstream, UpstreamError};
use crate::audit::Ended;
use crate::ledger::{self, Fresh, Grant, GrantId, Ledger};

/// A token with less life left than this is refreshed first.
const MARGIN: Duration = Duration::from_mins(1);

/// Why there is no such grant.
#[derive(Debug)]
pub(super) enum Stale {
    /// The provider ended the login; so have we.
    SignInAgain,
    /// The provider is out of reach for the moment; nothing has changed.
    Provider(UpstreamError),
    /// The store is.
    Store(ledger::Error),
}

/// The grant `id` with a fresh upstream token, or with none if it never had one.
///
/// A login that the provider has ended is ended here too.
pub(super) async fn fresh(inner: &Inner, id: GrantId) -> Result<Option<Box<Grant>>, Stale> {
    let answer = renewed(inner.ledger.clone(), inner.upstream.clone(), id).await;
    match answer.map_err(Stale::Store)? {
        Fresh::Token(grant) => Ok(Some(grant)),
        Fresh::None => Ok(None),
        Fresh::Failed(error @ (UpstreamError::Unavailable { .. } | UpstreamError::BadAnswer)) => {
            Err(Stale::Provider(error))
        }
        Fresh::Failed(UpstreamError::Refused) | Fresh::Ended => {
            // The provider has nothing left that could be given back.
            let ended = inner.ledger.revoke(id).await.map_err(Stale::Store)?;
            if let Some(grant) = ended {
                tell(inner, &grant, Ended::ByProvider);
            }
            Err(Stale::SignInAgain)
        }
        Fresh::Gone | Fresh::Late(_) => Err(Stale::SignInAgain),
    }
}

/// In a task of its own: should the caller go away between the provider's answer and our writing
/// it down, a provider that rotates its refresh tokens would have logged the user out.
async fn renewed(
    ledger: Ledger,
    upstream: Upstream,
    id: GrantId,
) -> Result<Fresh<UpstreamError>, ledger::Error> {
    let renewing = async move {
        let asked = upstream.clone();
        let refresh = |token| async move { asked.refresh(&token).await };
        let answer = ledger.fresh_upstream(id, MARGIN, refresh).await;
        if let Ok(Fresh::Late(tokens)) = &answer {
            upstream.give_back((**tokens).clone());
        }
        answer
    };
    match tokio::spawn(renewing.in_current_span()).await {
        Ok(answer) => answer,
        // It panicked, or the process is stopping: nothing is known, and a retry may find out.
        Err(_) => Ok(Fresh::Failed(UpstreamError::BadAnswer)),
    }
}
