//! One bucket for each key, refilled evenly (GCRA), in bounded memory.
//!
//! A bucket that nobody asked for as long as its quota lasts is full again, so it can be forgotten.
//! More keys than fit push out the one that was asked longest ago: whoever has so many addresses
//! has as many quotas anyway.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::RateLimiter;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use moka::policy::EvictionPolicy;

use super::{Exceeded, Quota};
use crate::parts::Clock;

/// How many keys are remembered; each takes some 200 bytes.
const KEYS: u64 = 20_000;

/// Buckets by key; without a quota there are none, and everything passes.
pub(super) struct Table<K>(Option<Buckets<K>>);

struct Buckets<K> {
    quota: governor::Quota,
    time: Time,
    by_key: moka::sync::Cache<K, Arc<Bucket>>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Time, NoOpMiddleware<Nanos>>;

struct Bucket {
    limiter: Limiter,
    /// Until when nothing more is heard, in milliseconds since the epoch.
    closed_until: AtomicU64,
}

/// The server's clock, as the limiter reads it.
#[derive(Clone, Debug)]
struct Time(Clock);

impl governor::clock::Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.since_epoch().into()
    }
}

impl Time {
    fn millis(&self) -> u64 {
        u64::try_from(self.0.since_epoch().as_millis()).unwrap_or(u64::MAX)
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Table<K> {
    pub(super) fn new(quota: Option<Quota>, clock: &Clock) -> Self {
        Self(quota.and_then(|quota| {
            let buckets = moka::sync::Cache::builder()
                .max_capacity(KEYS)
                .eviction_policy(EvictionPolicy::lru())
                .time_to_idle(quota.period());
            Some(Buckets {
                quota: quota.evenly()?,
                time: Time(clock.clone()),
                by_key: buckets.build(),
            })
        }))
    }

    /// Takes one from the bucket of `key`.
    pub(super) fn take(&self, key: K) -> Result<(), Exceeded> {
        let Some(table) = &self.0 else { return Ok(()) };
        let make = || {
            Arc::new(Bucket {
                limiter: Limiter::direct_with_clock(table.quota, table.time.clone()),
                closed_until: AtomicU64::new(0),
            })
        };
        let bucket = table.by_key.get_with(key, make);
        let Err(refused) = bucket.limiter.check() else {
            return Ok(());
        };
        let wait = table.bounded(refused.wait_time_from(table.time.now()));
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let until = table.time.millis().saturating_add(millis);
        bucket.closed_until.store(until, Ordering::Relaxed);
        Err(Exceeded { wait })
    }

    /// Whether the bucket of `key` was not found empty just now; takes nothing.
    pub(super) fn is_open(&self, key: &K) -> Result<(), Exceeded> {
        let Some(table) = &self.0 else { return Ok(()) };
        let Some(bucket) = table.by_key.get(key) else {
            return Ok(());
        };
        let until = bucket.closed_until.load(Ordering::Relaxed);
        let wait = Duration::from_millis(until.saturating_sub(table.time.millis()));
        if wait.is_zero() {
            return Ok(());
        }
        if wait > table.whole() {
            // The clock was set back; nobody waits longer than a whole quota takes.
            table.by_key.invalidate(key);
            return Ok(());
        }
        Err(Exceeded { wait })
    }
}

impl<K> Buckets<K> {
    /// How long an empty bucket takes to be full.
    fn whole(&self) -> Duration {
        self.quota.burst_size_replenished_in()
    }

    /// Should the clock be set back, a bucket is full later than it can be.
    fn bounded(&self, wait: Duration) -> Duration {
        wait.min(self.whole())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const START: u64 = 1_800_000_000;

    fn clock() -> (Clock, Arc<AtomicU64>) {
        let time = Arc::new(AtomicU64::new(START));
        let told = Arc::clone(&time);
        let clock =
            Clock::new(move || UNIX_EPOCH + Duration::from_secs(told.load(Ordering::SeqCst)));
        (clock, time)
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_refilled_evenly() {
        let (clock, time) = clock();
        let table = Table::new(Some(Quota::per_minute(20)), &clock);
        for number in 0..20 {
            assert_eq!(table.take("a"), Ok(()), "{number}");
        }
        let wait = Duration::from_secs(3);
        assert_eq!(table.take("a"), Err(Exceeded { wait }));
        assert_eq!(table.take("b"), Ok(()), "another key has its own");
        time.store(START + 3, Ordering::SeqCst);
        assert_eq!(table.take("a"), Ok(()));
        assert!(table.take("a").is_err(), "three seconds are one of twenty");
        time.store(START + 63, Ordering::SeqCst);
        for number in 0..20 {
            assert_eq!(table.take("a"), Ok(()), "a minute fills it: {number}");
        }
    }

    #[test]
    fn a_closed_bucket_opens_by_itself() {
        let (clock, time) = clock();
        let table = Table::new(Some(Quota::per_minute(1)), &clock);
        assert_eq!(table.is_open(&"a"), Ok(()), "never heard of");
        assert_eq!(table.take("a"), Ok(()));
        assert_eq!(table.is_open(&"a"), Ok(()), "not found empty yet");
        assert!(table.take("a").is_err() && table.is_open(&"a").is_err());
        time.store(START + 60, Ordering::SeqCst);
        assert_eq!(table.is_open(&"a"), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let (clock, time) = clock();
        let table = Table::new(Some(Quota::per_minute(1)), &clock);
        assert!(table.take("a").is_ok() && table.take("a").is_err());
        time.store(START - 86_400, Ordering::SeqCst);
        let wait = table.take("a").err().map(|exceeded| exceeded.wait);
        assert!(wait <= Some(Duration::from_mins(1)), "{wait:?}");
        assert_eq!(table.is_open(&"b"), Ok(()));
    }

    #[test]
    fn the_table_stays_small() {
        let (clock, _) = clock();
        let table = Table::new(Some(Quota::per_minute(1)), &clock);
        for key in 0..3 * KEYS {
            assert!(table.take(key).is_ok());
        }
        let buckets = &table.0.as_ref().unwrap().by_key;
        buckets.run_pending_tasks();
        assert!(buckets.entry_count() <= KEYS);
    }

    #[test]
    fn without_a_quota_everything_passes() {
        let (clock, _) = clock();
        let table = Table::new(None, &clock);
        assert!((0..10_000).all(|_| table.take(1).is_ok() && table.is_open(&1).is_ok()));
    }
}
