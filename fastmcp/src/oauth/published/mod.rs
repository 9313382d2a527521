//! Clients whose id is a URL: a document there says who they are (OAuth Client ID Metadata
//! Document).
//!
//! ```text
//!  id ─▶ one spelling? ─▶ domain and port welcome? ─▶ kept? ─▶ fetch ─▶ document fits? ─▶ client
//!           (spec)             (policy)             (cache)   (parts)    (document)
//! ```
//!
//! Invariants:
//! - Only the authorization endpoint fetches. What it read is bound to the request, from there to
//!   the code and the grant, so that every later step goes by the same bytes on every node, whether
//!   or not the document is still there; a new request reads it anew.
//! - A refusal has one body and one duration, whatever the reason: who names an address learns
//!   nothing of what is there. The reason is in the audit log.
//! - Nothing here is remembered in the store: a million ids cost it nothing.

mod cache;
mod document;
mod policy;

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use self::cache::Cache;
use self::document::Unfit;
pub(super) use self::policy::Policy;
use super::Inner;
use super::answer::Refusal;
use super::error::{Code, Error};
#[cfg(any(fuzzing, test))]
use super::settings::Settings;
use crate::audit::{AuditEvent, AuditId};
use crate::ledger::{Client, NewClient};
use crate::limits::Exceeded;
use crate::parts::Failure;
use crate::spec::ClientIdUrl;

/// How a URL becomes a client.
pub(super) struct Published {
    policy: Policy,
    cache: Cache,
}

/// Why a URL is no client here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// It is not written as such a URL is.
    Url,
    /// The operator does not welcome its domain or port.
    Policy,
    /// Its caller has had too many fetched.
    Limit(Exceeded),
    /// There is no document.
    Fetch(Failure),
    /// What is there describes no client that this server takes.
    Document(Unfit),
}

impl Refused {
    fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Policy => "policy",
            Self::Limit(_) => "limit",
            Self::Fetch(failure) => failure.as_str(),
            Self::Document(unfit) => unfit.as_str(),
        }
    }
}

/// Whether `id` can only be a URL: ids that this server gives have no colon.
pub(super) fn is_url(id: &str) -> bool {
    id.contains(':')
}

impl Published {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            cache: Cache::new(),
        }
    }

    /// The client that `id` publishes.
    pub(super) async fn client(&self, proxy: &Inner, id: &str) -> Result<Client, Refusal> {
        let begun = Instant::now();
        let refused = match self.find(proxy, id).await {
            Ok((url, metadata)) => {
                return Ok(Client::published(&url, metadata, proxy.parts.clock.now()));
            }
            Err(refused) => refused,
        };
        proxy.parts.tell(AuditEvent::PublishedClientRefused {
            client: AuditId::of(id),
            reason: refused.as_str(),
        });
        match refused {
            Refused::Fetch(Failure::Busy) => return Err(busy(cache::SHORTEST)),
            Refused::Limit(exceeded) => return Err(busy(exceeded.wait)),
            _ => {}
        }
        // Whatever could have been asked for takes as long as the longest question.
        if id.starts_with("https://") {
            sleep_until(begun + proxy.parts.foreign.time()).await;
        }
        Err(unusable())
    }

    /// What the client of `id` publishes now; `None` if that describes no client here any more.
    ///
    /// # Errors
    /// It is not known: that is no proof against the client.
    pub(super) async fn newest(&self, proxy: &Inner, id: &str) -> Result<Option<NewClient>, Error> {
        let begun = Instant::now();
        match self.find(proxy, id).await {
            Ok((_, metadata)) => Ok(Some(metadata)),
            Err(Refused::Url | Refused::Policy | Refused::Document(_)) => Ok(None),
            Err(Refused::Limit(exceeded)) => Err(Error::too_many(exceeded.wait)),
            Err(Refused::Fetch(failure)) => {
                if failure != Failure::Busy {
                    sleep_until(begun + proxy.parts.foreign.time()).await;
                }
                let words = "what the client publishes is out of reach; try again in a moment";
                let wait = Some(cache::SHORTEST);
                Err(Error::unavailable(words, wait, failure.as_str()))
            }
        }
    }

    async fn find(&self, proxy: &Inner, id: &str) -> Result<(ClientIdUrl, NewClient), Refused> {
        let url = ClientIdUrl::parse(id).ok_or(Refused::Url)?;
        if !self.policy.admits(&url) {
            return Err(Refused::Policy);
        }
        let metadata = self.cache.metadata(proxy, &url).await?;
        Ok((url, metadata))
    }
}

/// The client that `bytes`, found at `url`, describe: for targets that ask what is taken.
#[cfg(any(fuzzing, test))]
pub(super) fn described(bytes: &[u8], url: &ClientIdUrl, settings: &Settings) -> Option<NewClient> {
    document::read(bytes, url, settings).ok()
}

fn unusable() -> Refusal {
    Refusal {
        code: Code::InvalidClient,
        todo: "Go back to the app and connect again. If that does not help, tell whoever makes \
               the app.",
        ..Refusal::request("This server cannot use what the app publishes about itself.")
    }
}

fn busy(wait: Duration) -> Refusal {
    let happened = "Too many apps are signing in for the first time at this moment.";
    Refusal::too_many(happened, wait)
}
