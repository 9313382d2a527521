//! How long the operations of a store take, and how they end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Cursor, Error, Expected, Key, Page, Put, Record, Store, Version};
use crate::measure::{Outcome, Times};
use crate::parts::UnixSeconds;

/// The same store, measured.
pub(super) struct Measured {
    store: Arc<dyn Store>,
    get: Times,
    put: Times,
    delete: Times,
    sweep: Times,
    scan: Times,
}

impl Measured {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            get: Times::of_store("get"),
            put: Times::of_store("put"),
            delete: Times::of_store("delete"),
            sweep: Times::of_store("sweep"),
            scan: Times::of_store("scan"),
        }
    }
}

async fn timed<T>(
    durations: &Times,
    operation: impl Future<Output = Result<T, Error>>,
    is_conflict: fn(&T) -> bool,
) -> Result<T, Error> {
    let timed = durations.begin();
    let result = operation.await;
    timed.ended(match &result {
        Ok(done) if is_conflict(done) => Outcome::Conflict,
        Ok(_) => Outcome::Ok,
        Err(_) => Outcome::Unavailable,
    });
    result
}

impl Store for Measured {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        Box::pin(timed(&self.get, self.store.get(key), |_| false))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        let put = self.store.put(key, value, expires_at, expected);
        Box::pin(timed(&self.put, put, |put| *put == Put::Conflict))
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        let delete = self.store.delete(key, expected);
        Box::pin(timed(&self.delete, delete, |deleted| !deleted))
    }

    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        Box::pin(timed(&self.sweep, self.store.sweep(now, limit), |_| false))
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        Box::pin(timed(&self.scan, self.store.scan(after, limit), |_| false))
    }

    fn estimate(&self) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        self.store.estimate()
    }

    fn cleanup_interval(&self) -> Option<Duration> {
        self.store.cleanup_interval()
    }

    fn outlives_process(&self) -> bool {
        self.store.outlives_process()
    }
}
