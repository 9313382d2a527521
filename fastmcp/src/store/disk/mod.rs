//! Records in one transactional file: for a single node whose logins must outlive the process.
//!
//! ```text
//! put, delete, sweep ──► queue ──► writer thread: one transaction per batch, one sync ──► answers
//! get ──► read transaction on the last committed state (never waits for a writer)
//! ```
//!
//! - Everything that waits while a commit is being synced goes into the next one together, so the
//!   cost of a sync is shared; each write is still compared and set on its own, inside the
//!   transaction, against the state that the writes before it left.
//! - An answer is given after the sync, so what was acknowledged survives `kill -9` and a power
//!   cut. The engine copies on write: what was not committed leaves no trace.
//! - After a crash a file is open again within a moment, however large it is: a small one is read as
//!   a whole, and from 64 MB on each commit notes which pages are in use, which costs it a second
//!   sync.
//! - A second table is ordered by expiry: a sweep touches what has expired and nothing else, and
//!   each transaction no more of it than adds a few milliseconds (`pace.rs`).
//! - A file that is mostly empty after a sweep is made shorter while it is in use (`compaction.rs`).
//! - A walk reads each page in a transaction of its own, so that no old state is held for it.
//! - After an I/O error (a full disk) every waiting write is answered [`Error::Unavailable`], the
//!   file is reopened at its last committed state, and work goes on when the disk does. Whether
//!   one of those writes was done shows when the file is open again, and not before.
//! - Until the first commit nothing is written to the file, so a server that finds that it has the
//!   wrong key has changed nothing.
//!
//! - A file that is damaged as a whole is set aside with the first write, never deleted, and what
//!   can be read of it is taken over (`damaged.rs`): one torn page must not keep everybody out. A file in which single
//!   pages are damaged is opened; what lies on them is [`Error::Corrupt`], everything else works.
//!
//! The directory has mode 0700 and the file 0600. One process holds the file; a second one is told
//! which.

mod compaction;
mod damaged;
mod database;
mod file;
mod gate;
mod pace;
mod salvage;
mod table;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use self::compaction::Compactor;
use self::damaged::Damaged;
use self::database::{NOTED_FROM, Refused, Slot};
use self::writer::{Change, Writer};
use super::{Cursor, Error, Expected, Key, Page, Put, Record, Store, Version};
use crate::parts::UnixSeconds;

const CLEANUP_INTERVAL: Duration = Duration::from_mins(1);
/// Most records of one page of a walk.
const PAGE: usize = 500;

/// A store in one file of a directory.
pub struct DiskStore {
    slot: Arc<Slot>,
    /// Ends before the writer, which it hands its work to.
    compactor: Option<Compactor>,
    writer: Writer,
    cleanup_interval: Duration,
}

impl DiskStore {
    /// Opens the store in `directory`, which is made if it is missing. It reads and may write the
    /// file: call it where blocking is allowed.
    ///
    /// A file that is damaged as a whole does not stop the start: with the first write it is set
    /// aside as `fastmcp.redb.damaged-<unix time>`, what can be read of it is taken over, and the
    /// log says so (`storage_integrity`). Whoever is not among that has to sign in again. Until
    /// then nothing is changed, for it may be the wrong server that looks at it.
    ///
    /// # Errors
    /// Another process has it open (the text says which), it is no regular file, or the disk
    /// refuses.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Error> {
        let path = file::prepare(directory.as_ref())?;
        let locked = Arc::new(file::lock(&path)?);
        let compactor = Some(Compactor::new(path.clone()));
        let slot = match slot_of(locked.clone()) {
            Ok(slot) => slot,
            Err(Refused::Damaged(cause)) => Slot::damaged(Damaged::new(path, locked, cause)),
            Err(Refused::Otherwise(error)) => return Err(damaged::named(&path, &error)),
        };
        Ok(Self {
            compactor,
            ..Self::start(slot)?
        })
    }

    /// Makes the file of the store in `directory` as small as its records allow; gives its length
    /// before and after, in bytes. It takes seconds for each gigabyte and writes most of the file:
    /// call it where blocking is allowed, while no server runs.
    ///
    /// A server does this by itself, while it serves, when a sweep leaves its file mostly empty; here
    /// it is done at once, and down to the last page.
    ///
    /// # Errors
    /// Those of [`open`](Self::open). Whatever happens, no record is lost.
    pub fn compact(directory: impl AsRef<Path>) -> Result<(u64, u64), Error> {
        let directory = directory.as_ref();
        let before = file::length(directory)?;
        let store = Self::open(directory)?;
        store.slot.compact()?;
        // The engine gives back the last of it when it closes the file.
        drop(store);
        Ok((before, file::length(directory)?))
    }

    fn start(slot: Slot) -> Result<Self, Error> {
        let slot = Arc::new(slot);
        let writer = Writer::start(slot.clone())?;
        Ok(Self {
            slot,
            compactor: None,
            writer,
            cleanup_interval: CLEANUP_INTERVAL,
        })
    }

    /// The same store, swept that often instead of every 60 seconds.
    #[must_use]
    pub fn with_cleanup_interval(mut self, interval: Duration) -> Self {
        self.cleanup_interval = interval;
        self
    }

    fn get_now(&self, key: &Key) -> Result<Option<Record>, Error> {
        self.heal(self.slot.get(key.as_bytes()))
    }

    /// The engine refuses everything after an I/O error until it is opened again.
    fn heal<T>(&self, found: Result<T, Error>) -> Result<T, Error> {
        if matches!(found, Err(Error::Unavailable(_))) {
            self.writer.reopen();
        }
        found
    }
}

fn slot_of(locked: Arc<File>) -> Result<Slot, Refused> {
    Slot::open(Box::new(move || file::storage(&locked)), NOTED_FROM)
}

impl Store for DiskStore {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        // A few cached pages: cheaper here than the way to another thread and back.
        async move { self.get_now(key) }.boxed()
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        let key = key.as_bytes().to_vec();
        async move {
            let change = Change::Put {
                key,
                value,
                expires_at,
                expected,
            };
            let version = self.writer.apply(change).await?.version();
            Ok(version.map_or(Put::Conflict, Put::Done))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        let key = key.as_bytes().to_vec();
        async move {
            let change = Change::Delete { key, expected };
            Ok(self.writer.apply(change).await?.count() > 0)
        }
        .boxed()
    }

    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        async move {
            let mut swept = 0;
            while swept < limit {
                let limit = limit - swept;
                let part = self.writer.apply(Change::Sweep { now, limit }).await?;
                if part.is_nothing() {
                    break;
                }
                swept += part.count();
            }
            if swept < limit
                && let (Some(compactor), Some(exchanger)) =
                    (&self.compactor, self.writer.exchanger())
            {
                compactor.consider(&self.slot, &exchanger);
            }
            Ok(swept)
        }
        .boxed()
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        let (slot, after) = (self.slot.clone(), after.cloned());
        async move {
            // A walk touches every page of the file, and most are not in memory.
            let read = tokio::task::spawn_blocking(move || {
                let after = after.as_ref().map(Cursor::as_bytes);
                slot.read(|transaction| table::page(transaction, after, limit.clamp(1, PAGE)))
            });
            self.heal(read.await.map_err(Error::unavailable)?)
        }
        .boxed()
    }

    fn estimate(&self) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        async move { self.heal(self.slot.read(table::count)).map(Some) }.boxed()
    }

    fn cleanup_interval(&self) -> Option<Duration> {
        Some(self.cleanup_interval)
    }
}

impl std::fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiskStore")
            .field("cleanup_interval", &self.cleanup_interval)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod compaction_tests;
#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
