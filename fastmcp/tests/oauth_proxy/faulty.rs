//! A store with faults that a test switches on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use fastmcp::store::{
    Cursor, Error, Expected, Key, MemoryStore, Page, Put, Record, Store, Version,
};
use futures_util::future::BoxFuture;

/// Memory that can be told to refuse writes of one kind of record, or to read them damaged.
#[derive(Default)]
pub(crate) struct Faulty {
    memory: MemoryStore,
    refused: Mutex<Option<&'static str>>,
    damaged: Mutex<Option<&'static str>>,
    used: AtomicBool,
}

impl Faulty {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Refuses to write records of this kind from now on.
    pub(crate) fn refuse(&self, kind: Option<&'static str>) {
        *self.refused.lock().unwrap() = kind;
    }

    /// Reads records of this kind with a changed byte from now on.
    pub(crate) fn damage(&self, kind: Option<&'static str>) {
        *self.damaged.lock().unwrap() = kind;
    }

    /// Whether a fault has shown itself.
    pub(crate) fn has_failed(&self) -> bool {
        self.used.load(Ordering::SeqCst)
    }

    fn is(&self, fault: &Mutex<Option<&'static str>>, key: &Key) -> bool {
        let shows = *fault.lock().unwrap() == Some(key.kind());
        self.used.fetch_or(shows, Ordering::SeqCst);
        shows
    }
}

impl Store for Faulty {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        Box::pin(async move {
            let mut record = self.memory.get(key).await?;
            if let Some(last) = record.as_mut().and_then(|record| record.value.last_mut())
                && self.is(&self.damaged, key)
            {
                *last ^= 1;
            }
            Ok(record)
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: u64,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        if self.is(&self.refused, key) {
            return Box::pin(async { Err(Error::unavailable("the disk is full")) });
        }
        self.memory.put(key, value, expires_at, expected)
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        self.memory.delete(key, expected)
    }

    fn sweep(&self, now: u64, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        self.memory.sweep(now, limit)
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        self.memory.scan(after, limit)
    }
}
