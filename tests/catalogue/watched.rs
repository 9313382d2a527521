//! A store that counts what changes it, and can be slow or out of reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fastmcp::store::{Cursor, Error, Expected, Key, Page, Put, Record, Store, Version};
use futures_util::future::BoxFuture;

/// The store of a server under attack; clones watch the same.
#[derive(Clone)]
pub(crate) struct Watched(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    writes: AtomicU64,
    bytes: AtomicU64,
    away: AtomicBool,
    late_us: AtomicU64,
}

impl Watched {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self(Arc::new(Inner {
            store,
            writes: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            away: AtomicBool::new(false),
            late_us: AtomicU64::new(0),
        }))
    }

    /// How often a record was written or deleted.
    pub(crate) fn writes(&self) -> u64 {
        self.0.writes.load(Ordering::SeqCst)
    }

    /// Nothing answers any more, or everything again.
    pub(crate) fn away(&self, away: bool) {
        self.0.away.store(away, Ordering::SeqCst);
    }

    /// From now on each answer is late at random, by so long at most.
    pub(crate) fn late(&self, most: Duration) {
        let most = u64::try_from(most.as_micros()).expect("a short time");
        self.0.late_us.store(most, Ordering::SeqCst);
    }

    /// Every record, expired ones among them.
    pub(crate) async fn records(&self) -> Vec<(Key, Record)> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.0.store.scan(after.as_ref(), 1000).await;
            let page = page.expect("the store is there");
            all.extend(page.records);
            after = page.next;
            if after.is_none() {
                return all;
            }
        }
    }

    /// Writes past the server, as a thief with the disk in his hands.
    pub(crate) async fn forge(&self, key: &Key, value: Vec<u8>) {
        let old = self.0.store.get(key).await.expect("the store is there");
        let (expires_at, expected) = match old {
            Some(old) => (old.expires_at, Expected::Version(old.version)),
            None => (u64::from(u32::MAX), Expected::Absent),
        };
        let put = self.0.store.put(key, value, expires_at, expected).await;
        assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    }

    /// Takes away every record of that kind.
    pub(crate) async fn lose(&self, kind: &str) {
        for (key, record) in self.records().await {
            if key.kind() == kind {
                let gone = self.0.store.delete(&key, record.version).await;
                assert_eq!(gone, Ok(true));
            }
        }
    }

    async fn arrive(&self) -> Result<(), Error> {
        let most = self.0.late_us.load(Ordering::SeqCst);
        if most > 0 {
            let chance = u64::from(getrandom::u32().expect("the system has randomness"));
            tokio::time::sleep(Duration::from_micros(chance % most)).await;
        }
        if self.0.away.load(Ordering::SeqCst) {
            return Err(Error::unavailable("taken away by the catalogue"));
        }
        Ok(())
    }

    fn wrote(&self, bytes: usize) {
        self.0.writes.fetch_add(1, Ordering::SeqCst);
        self.0.bytes.fetch_add(bytes as u64, Ordering::SeqCst);
    }
}

impl Store for Watched {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            self.0.store.get(key).await
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: u64,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            let length = value.len();
            let put = self.0.store.put(key, value, expires_at, expected).await?;
            if matches!(put, Put::Done(_)) {
                self.wrote(length);
            }
            Ok(put)
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            let deleted = self.0.store.delete(key, expected).await?;
            if deleted {
                self.wrote(0);
            }
            Ok(deleted)
        })
    }

    fn sweep(&self, now: u64, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            self.0.store.sweep(now, limit).await
        })
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            self.0.store.scan(after, limit).await
        })
    }

    fn cleanup_interval(&self) -> Option<Duration> {
        self.0.store.cleanup_interval()
    }

    fn outlives_process(&self) -> bool {
        self.0.store.outlives_process()
    }
}
