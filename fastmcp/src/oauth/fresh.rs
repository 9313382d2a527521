//! A grant whose upstream token is good for a while and whose user is as the provider says now:
//! what a tool and a refresh both need.
//!
//! | | upstream token | the user is looked at |
//! |---|---|---|
//! | a tool asks for it | refreshed if it is about to end | after such a refresh |
//! | a client refreshes | the same | then too, unless that was within [`RECENT`] |
//!
//! No call that asks for nothing waits for the provider. A look that the provider is to blame for
//! costs nobody a login: what it said counts for [`BELIEVED`], and then a refresh is answered with
//! 503 until it speaks again.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument as _;

use super::Inner;
use super::ended::{ended, tell};
use super::facts::{Refusal, seen};
use super::settings::Settings;
use super::upstream::{Unseen, Upstream, UpstreamError};
use crate::audit::Ended;
use crate::ledger::{self, Fresh, Grant, GrantId, Ledger, Looked, Seen};
use crate::parts::UnixSeconds;

/// A token with less life left than this is refreshed first.
const MARGIN: Duration = Duration::from_mins(1);
/// Requests of one client that come together need one look.
const RECENT: UnixSeconds = 60;
/// How long the provider's last word about a user counts while it is out of reach.
const BELIEVED: UnixSeconds = 3600;

/// What a grant is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// A tool calls the provider.
    Call,
    /// A client refreshes.
    Refresh,
}

/// Why there is no such grant.
#[derive(Debug)]
pub(super) enum Stale {
    /// The login is over: the provider ended it, or its user may not be here any more.
    SignInAgain,
    /// The provider is out of reach for the moment; nothing has changed.
    Provider(UpstreamError),
    /// The store is.
    Store(ledger::Error),
}

/// Why a look came to nothing.
#[derive(Debug)]
enum NoLook {
    Unseen(Unseen),
    Refused(Refusal),
}

/// What the provider was asked, and what came of it.
struct Asked {
    fresh: Fresh<UpstreamError>,
    looked: Option<Looked<NoLook>>,
}

/// The grant `id` with a fresh upstream token, or with none if it never had one.
///
/// A login that the provider has ended is ended here too.
pub(super) async fn fresh(
    inner: &Inner,
    id: GrantId,
    purpose: For,
) -> Result<Option<Box<Grant>>, Stale> {
    let asking = Asking {
        ledger: inner.ledger.clone(),
        upstream: inner.upstream.clone(),
        settings: Arc::clone(&inner.settings),
    };
    // In a task of its own: should the caller go away between the provider's answer and our writing
    // it down, a provider that rotates its refresh tokens would have logged the user out.
    let answer = match tokio::spawn(asking.ask(id, purpose).in_current_span()).await {
        Ok(answer) => answer.map_err(Stale::Store)?,
        // It panicked, or the process is stopping: nothing is known, and a retry may find out.
        Err(_) => return Err(Stale::Provider(UpstreamError::BadAnswer)),
    };
    match answer.fresh {
        Fresh::Token(grant) => match answer.looked {
            Some(looked) => after_look(inner, grant, looked, purpose).await.map(Some),
            None => Ok(Some(grant)),
        },
        Fresh::None => Ok(None),
        Fresh::Failed(error @ (UpstreamError::Unavailable { .. } | UpstreamError::BadAnswer)) => {
            Err(Stale::Provider(error))
        }
        Fresh::Failed(UpstreamError::Refused | UpstreamError::AnotherTenant) | Fresh::Ended => {
            Err(over_there(inner, id).await)
        }
        Fresh::Gone | Fresh::Late(_) => Err(Stale::SignInAgain),
    }
}

async fn after_look(
    inner: &Inner,
    before: Box<Grant>,
    looked: Looked<NoLook>,
    purpose: For,
) -> Result<Box<Grant>, Stale> {
    let fault = match looked {
        Looked::Known(grant) => return Ok(grant),
        Looked::Gone => return Err(Stale::SignInAgain),
        Looked::Failed(NoLook::Unseen(Unseen::Over)) => {
            return Err(over_there(inner, before.id()).await);
        }
        Looked::Failed(
            NoLook::Refused(Refusal::TurnedAway(_)) | NoLook::Unseen(Unseen::AnotherPerson),
        ) => {
            let grant = inner.ledger.revoke(before.id()).await;
            if let Some(grant) = grant.map_err(Stale::Store)? {
                ended(inner, &grant, Ended::NotAdmitted);
            }
            return Err(Stale::SignInAgain);
        }
        Looked::Failed(NoLook::Unseen(Unseen::Fault(error))) => error,
        Looked::Failed(NoLook::Refused(Refusal::Undecided)) | Looked::InVain => {
            UpstreamError::Unavailable { retry_after: None }
        }
    };
    let age = inner.parts.clock.now().saturating_sub(before.looked_at());
    if purpose == For::Refresh && age >= BELIEVED {
        return Err(Stale::Provider(fault));
    }
    Ok(before)
}

/// Ends a login that the provider has ended. It has nothing left that could be given back.
async fn over_there(inner: &Inner, id: GrantId) -> Stale {
    match inner.ledger.revoke(id).await {
        Ok(ended) => {
            if let Some(grant) = ended {
                tell(inner, &grant, Ended::ByProvider);
            }
            Stale::SignInAgain
        }
        Err(error) => Stale::Store(error),
    }
}

/// What asking the provider takes.
struct Asking {
    ledger: Ledger,
    upstream: Upstream,
    settings: Arc<Settings>,
}

impl Asking {
    async fn ask(self, id: GrantId, purpose: For) -> Result<Asked, ledger::Error> {
        let asked = self.upstream.clone();
        let refresh = |token| async move { asked.refresh(&token).await };
        let fresh = self.ledger.renewed_upstream(id, MARGIN, refresh).await?;
        let looked = match &fresh {
            Fresh::Late(tokens) => {
                self.upstream.give_back((**tokens).clone());
                None
            }
            Fresh::Token(grant) if self.is_due(grant, purpose) => {
                match self.look_again(id, purpose).await {
                    Ok(looked) => Some(looked),
                    // A tool has its token by now, and the next one looks.
                    Err(error) if purpose == For::Call => {
                        tracing::warn!(%error, "a user could not be looked at again");
                        None
                    }
                    Err(error) => return Err(error),
                }
            }
            _ => None,
        };
        Ok(Asked { fresh, looked })
    }

    fn is_due(&self, grant: &Grant, purpose: For) -> bool {
        let age = || {
            let now = self.upstream.now();
            now.saturating_sub(grant.looked_at())
        };
        self.upstream.can_look_again()
            && (grant.is_behind() || (purpose == For::Refresh && age() >= RECENT))
    }

    async fn look_again(&self, id: GrantId, purpose: For) -> Result<Looked<NoLook>, ledger::Error> {
        let is_due = |grant: &Grant| self.is_due(grant, purpose);
        let look = |grant: Box<Grant>| async move { self.look(&grant).await };
        self.ledger.look_again(id, is_due, look).await
    }

    async fn look(&self, grant: &Grant) -> Result<Option<Seen>, NoLook> {
        let late = |_| Unseen::Fault(UpstreamError::Unavailable { retry_after: None });
        let again = self.upstream.look_again(grant);
        let again = tokio::time::timeout(self.settings.upstream_timeout, again).await;
        let again = again.map_err(late).and_then(|again| again);
        match again.map_err(NoLook::Unseen)? {
            None => Ok(None),
            Some(again) => {
                let seen = seen(&self.settings, again).await;
                seen.map(Some).map_err(NoLook::Refused)
            }
        }
    }
}
