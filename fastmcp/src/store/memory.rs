//! Records in the memory of one process: for development, tests, and servers whose logins may end
//! with the process.
//!
//! Sharded by key, so that writers seldom meet. Each shard keeps its records in the order of their
//! keys, which a walk follows, and their keys in the order of expiry: a sweep touches only what
//! has expired. The number of records is bounded: a full store refuses new ones (live logins are
//! never evicted for new ones) until a sweep makes room.
//!
//! What is swept is freed at once, and nothing of it stays in tables that only grow. Whether the
//! process then looks smaller from outside is up to its allocator: glibc's keeps what lies below
//! pieces that are still in use, and fills it again with what comes next, so the process stays at
//! its peak (100,000 records of 1 kB: about 120 MB) and does not grow beyond it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};

use super::{
    Cursor, Error, Expected, Key, Page, Put, Record, Store, Version, is_expected, strange_cursor,
};
use crate::parts::UnixSeconds;

const SHARDS: usize = 64;
const DEFAULT_CAPACITY: usize = 1_000_000;
/// Most records of one page of a walk, which are copied while their shard is locked.
const PAGE: usize = 256;

/// A store in memory. It forgets everything when the process ends.
#[derive(Debug)]
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    capacity: usize,
    count: AtomicUsize,
    last_version: AtomicU64,
}

#[derive(Debug, Default)]
struct Shard {
    records: BTreeMap<Arc<Key>, Record>,
    by_expiry: BTreeSet<(UnixSeconds, Arc<Key>)>,
}

impl MemoryStore {
    /// An empty store for up to a million records.
    pub fn new() -> Self {
        Self::with_capacity(DEFAULT_CAPACITY)
    }

    /// An empty store for up to `capacity` records.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            shards: std::iter::repeat_with(Mutex::default)
                .take(SHARDS)
                .collect(),
            hasher: RandomState::new(),
            capacity,
            count: AtomicUsize::new(0),
            last_version: AtomicU64::new(0),
        }
    }

    /// How many records there are, expired ones included.
    pub fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(key);
        // Only the lowest bits are kept, so nothing is lost where a word is shorter.
        let index = usize::try_from(hash % SHARDS as u64).unwrap_or(0);
        lock(&self.shards[index])
    }

    fn put_now(
        &self,
        key: &Key,
        mut value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> Result<Put, Error> {
        // It may lie here for months, and was made with room to grow.
        value.shrink_to_fit();
        let mut shard = self.shard(key);
        if !is_expected(
            shard.records.get(key).map(|record| record.version),
            expected,
        ) {
            return Ok(Put::Conflict);
        }
        if expected == Expected::Absent {
            let taken = self
                .count
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
                    (count < self.capacity).then_some(count + 1)
                });
            taken.map_err(|_| Error::unavailable("the memory store is full"))?;
        }
        let version = Version::new(self.last_version.fetch_add(1, Ordering::Relaxed) + 1);
        shard.insert(
            key,
            Record {
                value,
                version,
                expires_at,
            },
        );
        Ok(Put::Done(version))
    }

    fn delete_now(&self, key: &Key, expected: Version) -> bool {
        let mut shard = self.shard(key);
        if shard
            .records
            .get(key)
            .is_none_or(|record| record.version != expected)
        {
            return false;
        }
        shard.remove(key);
        self.count.fetch_sub(1, Ordering::Relaxed);
        true
    }

    fn sweep_now(&self, now: UnixSeconds, limit: usize) -> usize {
        let mut swept = 0;
        for shard in &self.shards {
            // One shard at a time, so that nobody waits for the whole sweep.
            let removed = lock(shard).sweep(now, limit - swept);
            self.count.fetch_sub(removed, Ordering::Relaxed);
            swept += removed;
        }
        swept
    }

    /// A page lies within one shard.
    fn scan_now(&self, after: Option<&Cursor>, limit: usize) -> Result<Page, Error> {
        let (index, last) = match after {
            None => (0, None),
            Some(cursor) => read_cursor(cursor).ok_or_else(strange_cursor)?,
        };
        let shard = self.shards.get(index).ok_or_else(strange_cursor)?;
        let limit = limit.clamp(1, PAGE);
        let records = lock(shard).page(last.as_ref(), limit);
        let next = match records.last() {
            Some((key, _)) if records.len() == limit => Some(cursor(index, key.as_bytes())),
            _ if index + 1 < SHARDS => Some(cursor(index + 1, &[])),
            _ => None,
        };
        Ok(Page { records, next })
    }
}

/// The number of a shard, and the last key that was seen in it; none yet if it is empty.
fn cursor(index: usize, last: &[u8]) -> Cursor {
    Cursor::new([&index.to_be_bytes()[..], last].concat())
}

fn read_cursor(cursor: &Cursor) -> Option<(usize, Option<Key>)> {
    let (index, last) = cursor.as_bytes().split_first_chunk()?;
    let last = if last.is_empty() {
        None
    } else {
        Some(Key::from_bytes(last.to_vec())?)
    };
    Some((usize::from_be_bytes(*index), last))
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Shard {
    fn insert(&mut self, key: &Key, record: Record) {
        let (expires_at, key) = match self.records.get_key_value(key) {
            Some((key, old)) => {
                let key = Arc::clone(key);
                self.by_expiry.remove(&(old.expires_at, Arc::clone(&key)));
                (record.expires_at, key)
            }
            None => (record.expires_at, Arc::new(key.clone())),
        };
        self.by_expiry.insert((expires_at, Arc::clone(&key)));
        self.records.insert(key, record);
    }

    fn remove(&mut self, key: &Key) {
        if let Some((key, record)) = self.records.remove_entry(key) {
            self.by_expiry.remove(&(record.expires_at, key));
        }
    }

    fn page(&self, after: Option<&Key>, limit: usize) -> Vec<(Key, Record)> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.records.range::<Key, _>((start, Bound::Unbounded));
        let page = rest.take(limit);
        page.map(|(key, record)| (Key::clone(key), record.clone()))
            .collect()
    }

    fn sweep(&mut self, now: UnixSeconds, limit: usize) -> usize {
        let mut swept = 0;
        while swept < limit && self.by_expiry.first().is_some_and(|(end, _)| *end <= now) {
            if let Some((_, key)) = self.by_expiry.pop_first() {
                self.records.remove(&key);
                swept += 1;
            }
        }
        swept
    }
}

/// A panic while a shard was locked cannot have left it torn: no user code runs under the lock.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for MemoryStore {
    fn outlives_process(&self) -> bool {
        false
    }

    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        ready(Ok(self.shard(key).records.get(key).cloned())).boxed()
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        // Not before it is polled, so that a dropped future has written nothing.
        async move { self.put_now(key, value, expires_at, expected) }.boxed()
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        async move { Ok(self.delete_now(key, expected)) }.boxed()
    }

    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        async move { Ok(self.sweep_now(now, limit)) }.boxed()
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move { self.scan_now(after, limit) }.boxed()
    }

    fn estimate(&self) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        ready(Ok(u64::try_from(self.len()).ok())).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::suite;

    fn key(n: u64) -> Key {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&n.to_be_bytes());
        Key::new("test", id)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn keeps_the_law() {
        suite::check(Arc::new(MemoryStore::new())).await;
    }

    #[tokio::test]
    async fn takes_no_more_room_than_the_values_need() {
        let store = MemoryStore::new();
        let mut value = Vec::with_capacity(100_000);
        value.push(7);
        let put = store.put(&key(1), value, 10, Expected::Absent).await;
        assert!(put.is_ok());
        let room = store.shard(&key(1)).records[&key(1)].value.capacity();
        assert!(room < 100, "{room} bytes for one");
    }

    #[tokio::test]
    async fn is_bounded_and_frees_what_expired() {
        let store = MemoryStore::with_capacity(1000);
        for n in 0..1000 {
            let put = store
                .put(&key(n), vec![1; 100], 10, Expected::Absent)
                .await
                .unwrap();
            assert!(matches!(put, Put::Done(_)));
        }
        let full = store.put(&key(1000), vec![], 20, Expected::Absent).await;
        assert!(matches!(full, Err(Error::Unavailable(_))));
        let version = store.get(&key(1)).await.unwrap().unwrap().version;
        let put = store
            .put(&key(1), vec![2], 20, Expected::Version(version))
            .await
            .unwrap();
        assert!(
            matches!(put, Put::Done(_)),
            "a full store still changes what it has"
        );

        assert_eq!(store.sweep(9, 5000).await.unwrap(), 0);
        assert_eq!(store.sweep(10, 5000).await.unwrap(), 999);
        assert_eq!(store.len(), 1);
    }
}
