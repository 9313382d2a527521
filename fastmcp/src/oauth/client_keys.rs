//! Keys of clients that prove themselves by a signature (RFC 7523): as registered, or read from
//! their `jwks_uri` by the same guarded fetch as their documents.
//!
//! | what is kept | an hour at most; where no key in it has signed, it is asked for anew once a minute |
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
use crate::token::{Assertion, KeySet};

/// The largest set, in bytes.
const LIMIT: usize = 32 * 1024;
/// How long a set is used as it is.
const FRESH: UnixSeconds = 3600;
/// How long it serves where no newer one can be had.
const USABLE: UnixSeconds = 24 * 3600;
/// How often what no known key has signed may cause a fetch.
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

/// Whether one of a client's `keys` signed `assertion`; a client that names no key, or gives a new
/// one an old name, may have exchanged them as well as one that names a new one.
pub(super) async fn have_signed(
    inner: &Inner,
    keys: &ClientKeys,
    assertion: &Assertion<'_>,
) -> Result<bool, Error> {
    let uri = match keys {
        ClientKeys::Jwks(jwks) => {
            let keys = KeySet::of(jwks.clone());
            return Ok(keys.is_some_and(|keys| assertion.is_signed_by(&keys)));
        }
        ClientKeys::JwksUri(uri) => uri,
    };
    // What was welcome when the client registered may not be any more.
    let url = ClientIdUrl::parse(uri).filter(|_| inner.settings.may_fetch(uri));
    let Some(url) = url else { return Ok(false) };
    let slot = inner.client_keys.0.get_with_by_ref(uri, Arc::default);
    let now = || inner.parts.clock.now();
    if let Some(settled) = slot.settled(assertion, now()) {
        return settled;
    }
    let _asking = slot.asking.lock().await;
    // Somebody may have asked while we waited.
    if let Some(settled) = slot.settled(assertion, now()) {
        return settled;
    }
    let counted = inner.count(Counted::Document);
    counted.map_err(|exceeded| Error::too_many(exceeded.wait))?;
    let begun = Instant::now();
    let document = inner.parts.foreign.get_up_to(&url, LIMIT).await;
    // Nobody has asked yet where there was no turn.
    let has_asked = !matches!(document, Err(Failure::Busy));
    let set = document
        .map_err(Failure::as_str)
        .and_then(|document| KeySet::parse(&document.body).ok_or("no_key_set"));
    match set {
        Ok(set) => {
            let is_signed = assertion.is_signed_by(&set);
            slot.keep(set, now());
            Ok(is_signed)
        }
        Err(cause) => {
            tracing::info!(cause, "the keys of a client could not be fetched");
            if has_asked {
                slot.failed(now());
            }
            sleep_until(begun + inner.parts.foreign.time()).await;
            slot.by_old(assertion, now())
        }
    }
}

impl Slot {
    fn known(&self) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// The answer that needs no fetch, if there is one.
    fn settled(&self, assertion: &Assertion<'_>, now: UnixSeconds) -> Option<Result<bool, Error>> {
        let known = self.known();
        let age = now.abs_diff(known.fetched_at);
        if let Some(keys) = known.keys.filter(|_| age < FRESH) {
            let is_signed = assertion.is_signed_by(&keys);
            if is_signed || age < REFETCH {
                return Some(Ok(is_signed));
            }
        }
        let failed_just_now = known.failed_at.is_some_and(|at| now.abs_diff(at) < RETRY);
        failed_just_now.then(|| self.by_old(assertion, now))
    }

    /// The answer where no newer set can be had: an old one proves a client, and nothing against it.
    fn by_old(&self, assertion: &Assertion<'_>, now: UnixSeconds) -> Result<bool, Error> {
        let known = self.known();
        let is_young = now.abs_diff(known.fetched_at) < USABLE;
        let keys = known.keys.filter(|_| is_young);
        let proof = keys.map(|keys| assertion.is_signed_by(&keys));
        proof.filter(|is_signed| *is_signed).ok_or_else(unreachable)
    }

    fn keep(&self, keys: KeySet, now: UnixSeconds) {
        let known = Known {
            keys: Some(Arc::new(keys)),
            fetched_at: now,
            failed_at: None,
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
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
