//! Documents that were read, kept for a while.
//!
//! | what was found | how long nobody asks again |
//! |---|---|
//! | a document | what its `Cache-Control` says, at least 5 s and at most a day; a minute if nothing |
//! | a failure | 5 s, so that a host that is down costs one request at a time |
//!
//! Of many who need one document at once, one asks and the others wait for what he finds. A
//! thousand documents are kept; the one that was needed longest ago goes first.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use moka::policy::EvictionPolicy;

use super::document;
use super::{Inner, Refused};
use crate::ledger::NewClient;
use crate::limits::Counted;
use crate::parts::{Failure, UnixSeconds};
use crate::spec::ClientIdUrl;

/// The shortest time for which nobody asks again.
pub(super) const SHORTEST: Duration = Duration::from_secs(5);
/// The longest.
const LONGEST: Duration = Duration::from_hours(24);
/// Where the document does not say.
const USUAL: Duration = Duration::from_mins(1);
/// How many are kept.
const CAPACITY: u64 = 1000;

pub(super) struct Cache(moka::sync::Cache<String, Arc<Slot>>);

/// What is known of one URL.
#[derive(Default)]
struct Slot {
    known: RwLock<Option<Kept>>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    answer: Answer,
    since: UnixSeconds,
    life: Duration,
}

type Answer = Result<NewClient, Refused>;

impl Cache {
    pub(super) fn new() -> Self {
        let cache = moka::sync::Cache::builder()
            .max_capacity(CAPACITY)
            .eviction_policy(EvictionPolicy::lru());
        Self(cache.build())
    }

    /// What the client of `url` publishes.
    pub(super) async fn metadata(&self, proxy: &Inner, url: &ClientIdUrl) -> Answer {
        let now = || proxy.parts.clock.now();
        let slot = self.0.get_with_by_ref(url.as_str(), Arc::default);
        if let Some(answer) = slot.answer(now()) {
            return answer;
        }
        let _asking = slot.asking.lock().await;
        // Somebody may have asked while we waited.
        if let Some(answer) = slot.answer(now()) {
            return answer;
        }
        if let Err(exceeded) = proxy.count(Counted::Document) {
            return Err(Refused::Limit(exceeded));
        }
        let (answer, life) = ask(proxy, url).await;
        // Nobody has asked yet where there was no turn.
        if answer != Err(Refused::Fetch(Failure::Busy)) {
            let kept = Kept {
                answer: answer.clone(),
                since: now(),
                life,
            };
            *slot.known.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        answer
    }
}

impl Slot {
    fn answer(&self, now: UnixSeconds) -> Option<Answer> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        // A clock that is set back must not make an answer last.
        let is_fresh = |kept: &&Kept| now.abs_diff(kept.since) < kept.life.as_secs();
        known
            .as_ref()
            .filter(is_fresh)
            .map(|kept| kept.answer.clone())
    }
}

async fn ask(proxy: &Inner, url: &ClientIdUrl) -> (Answer, Duration) {
    match proxy.parts.foreign.get(url).await {
        Err(failure) => (Err(Refused::Fetch(failure)), SHORTEST),
        Ok(document) => {
            let read = document::read(&document.body, url, &proxy.settings);
            let life = document.max_age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST);
            match read {
                Ok(metadata) => (Ok(metadata), life),
                Err(unfit) => (Err(Refused::Document(unfit)), SHORTEST),
            }
        }
    }
}
