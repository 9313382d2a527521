//! Opaque records under opaque keys, with a version and an expiry: five operations, one of which
//! decides races.
//!
//! A [`Store`] knows bytes. What they mean, that they are encrypted and whether they have expired
//! is the business of [`Sealed`] above it. The law that every store obeys:
//!
//! - [`Store::put`] is one atomic compare-and-set: of any number of writers that expect the same
//!   version exactly one is told [`Put::Done`], on every node that shares the store.
//! - It is durable when it returns. A failed one changed nothing, or cannot be told from one that
//!   succeeded; it never changed half.
//! - No version is ever given to a second value of the same key, not even after a delete.
//! - An expired record may still be seen until it is swept.
//! - A walk by [`Store::scan`] sees every record that exists from its beginning to its end at least
//!   once, however the others and its own value change meanwhile.
//!
//! `suite` (feature `test-util`) checks it for any store, also for yours.

#[cfg(any(feature = "postgres", feature = "redis"))]
mod address;
#[cfg(feature = "disk")]
mod disk;
mod error;
mod measured;
mod memory;
#[cfg(all(test, any(feature = "postgres", feature = "redis")))]
mod outage;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod salt;
mod sealed;
#[cfg(test)]
#[cfg(any(feature = "postgres", feature = "redis"))]
mod servers;

#[cfg(any(test, feature = "test-util"))]
pub mod suite;

use std::time::Duration;

use futures_util::future::BoxFuture;

#[cfg(feature = "disk")]
pub use self::disk::DiskStore;
pub use self::error::Error;
pub use self::memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
pub use self::record::{Cursor, Expected, Key, Page, Put, Record, Version};
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use self::salt::{Salt, keep_rounds, salt};
#[cfg(any(fuzzing, test))]
pub(crate) use self::sealed::fuzz;
pub use self::sealed::{Found, Live, Opened, Progress, Sealed, Step};
use crate::parts::UnixSeconds;

/// Where records are kept.
pub trait Store: Send + Sync + 'static {
    /// The record under `key`, which may have expired.
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>>;

    /// Writes `value` if the key is as `expected`: one atomic compare-and-set, durable when it
    /// returns.
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>>;

    /// Removes the record if it still has this version; tells whether it did.
    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>>;

    /// Removes up to `limit` records that have expired at `now`; tells how many.
    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>>;

    /// Some records, beginning after `after` or at the first one: the pages of a walk over all
    /// records, which is over when a page names no next one.
    ///
    /// A record that exists during the whole walk is seen at least once; one may be seen twice,
    /// and one that comes or goes meanwhile may be seen or not. What was seen is a record as it
    /// was at some time during its page. A page has about `limit` records: fewer or none, though
    /// the walk is not over, or a few more where a store cannot stop in the middle. It is short
    /// work, and no other operation waits for it. What lies among the records and is none is
    /// passed over.
    ///
    /// A cursor is good for the store that gave it, and while that store is open.
    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>>;

    /// About how many records there are, as a measure of progress; `None` if to know would be
    /// work. It may be off by any number, and may count what is not ours.
    fn estimate(&self) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// How often the server should sweep; `None` if the store forgets by itself.
    fn cleanup_interval(&self) -> Option<Duration> {
        Some(Duration::from_mins(1))
    }

    /// Whether records are still there when the process is started again; then their keys must be
    /// too, and the server refuses to start with keys that end with it.
    fn outlives_process(&self) -> bool {
        true
    }
}

/// What a store says to a cursor that it did not make.
pub(crate) fn strange_cursor() -> Error {
    Error::unavailable("the cursor of this walk is not from this store; begin the walk anew")
}

/// Whether a server has ever opened this store.
#[cfg(feature = "admin")]
pub(crate) async fn is_marked(store: &dyn Store) -> Result<bool, Error> {
    Ok(sealed::sealed_by(store).await?.is_some())
}

/// Where the two copies of the store's own mark lie: written last, the first one makes a store of
/// what was copied.
#[cfg(feature = "admin")]
pub(crate) fn marks_of_store() -> [Key; 2] {
    sealed::mark_places()
}

/// Whether this is the salt of keys that are derived from a secret.
#[cfg(feature = "admin")]
pub(crate) fn is_salt(key: &Key) -> bool {
    [salt::place(), salt::second_place()].contains(key)
}

/// The end of a record that has none: the last second of the year 9999, which every backend can
/// hold.
pub(crate) const NEVER: UnixSeconds = 253_402_300_799;

/// The rule that every store applies: whether a key whose record has version `current` is as
/// `expected`.
pub(crate) fn is_expected(current: Option<Version>, expected: Expected) -> bool {
    match expected {
        Expected::Absent => current.is_none(),
        Expected::Version(version) => current == Some(version),
    }
}
