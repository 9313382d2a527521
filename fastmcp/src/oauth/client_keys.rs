//! Keys of clients that prove themselves by a signature (RFC 7523): as registered, or read from
//! their `jwks_uri` by the same guarded fetch as their documents.
//!
//! | what is kept | an hour at most; a key id that is not in it is asked for once a minute |
//! |---|---|
//! | a failed fetch | is not repeated for five seconds, and while the old set is at most a day old it serves |
//! | how many | a thousand sets; the one that was needed longest ago goes first |
//!
//! Keys that are out of reach are no proof against the client: that is 503, and takes as long as the
//! longest fetch, so that nobody measures what listens at an address.

use std::sync::{Arc, PoisonError, RwLock};

use moka::policy::EvictionPolicy;
use tokio::time::{Instant, sleep_until};

use super::Inner;
use super::error::Error;
use crate::ledger::ClientKeys;
use crate::limits::Counted;
use crate::parts::{Failure, UnixSeconds};
use crate::spec::ClientIdUrl;
use crate::token::KeySet;

/// The largest set, in bytes.
const LIMIT: usize = 32 * 1024;
/// How long a set is used as it is.
const FRESH: UnixSeconds = 3600;
/// How long it serves where no newer one can be had.
const USABLE: UnixSeconds = 24 * 3600;
/// How often an unknown key may cause a fetch.
const REFETCH: UnixSeconds = 60;
/// How long a failed fetch is not repeated.
const RETRY: UnixSeconds = 5;
/// How many sets are kept.
const CAPACITY: u64 = 1000;

/// Sets that were read.
pub(super) struct Fetched(moka::sync::Cache<String, Arc<Slot>>);

#[derive(Default)]
struct Slot {
    known: RwLock<Known>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Option<Arc<KeySet>>,
    fetched_at: UnixSeconds,
    failed_at: Option<UnixSeconds>,
}

impl Fetched {
    pub(super) fn new() -> Self {
        let cache = moka::sync::Cache::builder()
            .max_capacity(CAPACITY)
            .eviction_policy(EvictionPolicy::lru());
        Self(cache.build())
    }
}

/// The keys of a client, with `kid` among them if it can be had; `None` if they are none.
pub(super) async fn keys(
    inner: &Inner,
    keys: &ClientKeys,
    kid: Option<&str>,
) -> Result<Option<Arc<KeySet>>, Error> {
    let uri = match keys {
        ClientKeys::Jwks(jwks) => return Ok(KeySet::of(jwks.clone()).map(Arc::new)),
        ClientKeys::JwksUri(uri) => uri,
    };
    // What was welcome when the client registered may not be any more.
    let url = ClientIdUrl::parse(uri).filter(|_| inner.settings.may_fetch(uri));
    let Some(url) = url else { return Ok(None) };
    let slot = inner.client_keys.0.get_with_by_ref(uri, Arc::default);
    let now = || inner.parts.clock.now();
    if let Some(settled) = slot.settled(kid, now()) {
        return settled.map(Some);
    }
    let _asking = slot.asking.lock().await;
    // Somebody may have asked while we waited.
    if let Some(settled) = slot.settled(kid, now()) {
        return settled.map(Some);
    }
    let counted = inner.count(Counted::Document);
    counted.map_err(|exceeded| Error::too_many(exceeded.wait))?;
    let begun = Instant::now();
    let document = inner.parts.foreign.get_up_to(&url, LIMIT).await;
    let set = document
        .map_err(Failure::as_str)
        .and_then(|document| KeySet::parse(&document.body).ok_or("no_key_set"));
    match set {
        Ok(set) => Ok(Some(slot.keep(set, now()))),
        Err(cause) => {
            tracing::info!(cause, "the keys of a client could not be fetched");
            slot.failed(now());
            sleep_until(begun + inner.parts.foreign.time()).await;
            slot.usable(kid, now()).map(Some).ok_or_else(unreachable)
        }
    }
}

impl Slot {
    fn known(&self) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// The answer that needs no fetch, if there is one.
    fn settled(&self, kid: Option<&str>, now: UnixSeconds) -> Option<Result<Arc<KeySet>, Error>> {
        let known = self.known();
        let age = now.abs_diff(known.fetched_at);
        if let Some(keys) = &known.keys
            && age < if keys.has(kid) { FRESH } else { REFETCH }
        {
            return Some(Ok(keys.clone()));
        }
        let failed_just_now = known.failed_at.is_some_and(|at| now.abs_diff(at) < RETRY);
        failed_just_now.then(|| self.usable(kid, now).ok_or_else(unreachable))
    }

    /// A set that is no longer fresh but has the key, for when there is no other.
    fn usable(&self, kid: Option<&str>, now: UnixSeconds) -> Option<Arc<KeySet>> {
        let known = self.known();
        let is_young = now.abs_diff(known.fetched_at) < USABLE;
        known.keys.filter(|keys| is_young && keys.has(kid))
    }

    fn keep(&self, keys: KeySet, now: UnixSeconds) -> Arc<KeySet> {
        let keys = Arc::new(keys);
        let known = Known {
            keys: Some(keys.clone()),
            fetched_at: now,
            failed_at: None,
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        keys
    }

    fn failed(&self, now: UnixSeconds) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.failed_at = Some(now);
    }
}

fn unreachable() -> Error {
    let words = "the keys of the client are out of reach; try again in a moment";
    Error::unavailable(words, None, "no keys at the client's jwks_uri")
}
