//! Making the file shorter while it is in use.
//!
//! A sweep leaves gaps, which later records fill; but after a peak most of the file may stay empty.
//! So a sweep that finds it mostly empty has it copied:
//!
//! ```text
//! idle ──a sweep, mostly empty──► copying ──caught up──► exchanged ──► idle
//!                                    └── fault, or the store is closed ──► copy removed ──► idle
//! ```
//!
//! - While copying, the file that is there stays the one that counts: whatever is acknowledged is
//!   durable in it. The copy is made page by page by a thread of its own, which leaves half of its
//!   time to others; of what is written meanwhile the writer notes the keys, and the copy follows.
//! - The exchange is the writer's, so nothing is written meanwhile: it brings the copy up to date,
//!   syncs it, and renames it over the old file, in one step. A crash before finds the old
//!   file, one after it the new one, and both hold the same. Nothing is acknowledged from the new
//!   file before its name is synced as well.
//! - Versions go on from where they were.
//! - A copy that was cut off by a crash is removed by the first sweep.

use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use super::super::Error;
use super::database::Slot;
use super::table::{self, Stored};
use super::writer::Exchanger;
use super::{file, slot_of};

/// A shorter file is not worth it, in bytes.
const LEAST: u64 = 16 * 1024 * 1024;
/// A file is mostly empty if each record has more than this of it, in bytes, or twice as much as
/// in the last copy.
const SPARSE: u64 = 4096;
/// Records that are copied together.
const PAGE: usize = 500;
/// With fewer keys left to follow, the writer does the rest.
const FEW: usize = 200;
/// From one attempt to the next.
const REST: Duration = Duration::from_hours(1);

/// Watches how full a file is.
pub(super) struct Compactor {
    path: PathBuf,
    /// Bytes for each record from which on the file is copied.
    sparse: Arc<AtomicU64>,
    leaving: Arc<AtomicBool>,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    looked: bool,
    attempt: Option<(Instant, JoinHandle<()>)>,
}

/// A copy that is nearly complete, on its way to the writer.
pub(super) struct Copied {
    path: PathBuf,
    beside: PathBuf,
    slot: Slot,
}

/// The keys that changed since a copy last asked; none are kept while there is no copy.
#[derive(Default)]
pub(super) struct Touched(Mutex<Option<Vec<Vec<u8>>>>);

impl Touched {
    /// From now on they are kept.
    pub(super) fn follow(&self) {
        *self.keys() = Some(Vec::new());
    }

    fn unfollow(&self) {
        *self.keys() = None;
    }

    /// What a transaction changed, or `None` if that is not known: too bad for a copy.
    pub(super) fn note(&self, touched: Option<&Vec<Vec<u8>>>) {
        let mut keys = self.keys();
        match (touched, &mut *keys) {
            (Some(touched), Some(keys)) => keys.extend_from_slice(touched),
            (None, _) => *keys = None,
            (Some(_), None) => {}
        }
    }

    /// The keys since the last call; `None` if not all are known.
    pub(super) fn take(&self) -> Option<Vec<Vec<u8>>> {
        self.keys().as_mut().map(std::mem::take)
    }

    fn keys(&self) -> MutexGuard<'_, Option<Vec<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Compactor {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            sparse: Arc::new(AtomicU64::new(SPARSE)),
            leaving: Arc::default(),
            last: Mutex::default(),
        }
    }

    /// Begins a copy where that is worth it. To be called after a sweep; it does not wait.
    pub(super) fn consider(&self, slot: &Arc<Slot>, exchanger: &Exchanger) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut last.looked, true) {
            file::remove_beside(&self.path);
        }
        let rests = |(began, thread): &(Instant, JoinHandle<()>)| {
            began.elapsed() < REST || !thread.is_finished()
        };
        if last.attempt.as_ref().is_some_and(rests) || !self.is_sparse(slot) {
            return;
        }
        let (path, slot, exchanger) = (self.path.clone(), slot.clone(), exchanger.clone());
        let (sparse, leaving) = (self.sparse.clone(), self.leaving.clone());
        let thread = std::thread::Builder::new()
            .name("fastmcp-compact".to_owned())
            .spawn(move || attempt(&path, &slot, &exchanger, &sparse, &leaving));
        match thread {
            Ok(thread) => last.attempt = Some((Instant::now(), thread)),
            Err(error) => tracing::warn!(%error, "the database file is not made shorter"),
        }
    }

    fn is_sparse(&self, slot: &Slot) -> bool {
        slot.size().is_ok_and(|(length, records)| {
            let full = records.saturating_mul(self.sparse.load(Ordering::Relaxed));
            length >= LEAST && length > full
        })
    }
}

impl Drop for Compactor {
    fn drop(&mut self) {
        self.leaving.store(true, Ordering::Relaxed);
        let last = self.last.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, thread)) = last.attempt.take() {
            let _ = thread.join();
        }
    }
}

fn attempt(
    path: &Path,
    slot: &Slot,
    exchanger: &Exchanger,
    sparse: &AtomicU64,
    leaving: &AtomicBool,
) {
    let before = slot.size().map_or(0, |(length, _)| length);
    let done = copy(path, slot, leaving).and_then(|copied| match copied {
        Some(copied) => exchanger.exchange(copied).map(|()| true),
        None => Ok(false),
    });
    slot.touched.unfollow();
    match (done, slot.size()) {
        (Ok(true), Ok((length, records))) => {
            let reached = length / records.max(1);
            sparse.store(reached.saturating_mul(2).max(SPARSE), Ordering::Relaxed);
            tracing::info!(
                before,
                length,
                records,
                "the database file was made shorter"
            );
        }
        (Ok(_), _) => {}
        (Err(error), _) => {
            tracing::warn!(%error, "the database file was not made shorter, and is as it was");
        }
    }
}

/// A copy of the file up to what was written a moment ago; `None` if the store is closed first.
fn copy(path: &Path, slot: &Slot, leaving: &AtomicBool) -> Result<Option<Copied>, Error> {
    let (beside, locked) = file::make_beside(path)?;
    let unfinished = Unfinished(&beside);
    slot.touched.follow();
    let new = slot_of(Arc::new(locked)).map_err(Error::unavailable)?;
    let mut start = Bound::Unbounded;
    loop {
        if leaving.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let began = Instant::now();
        let touched = follow(slot, &new)?;
        let mut page = Vec::new();
        let end = slot.read(|transaction| table::read_raw(transaction, &start, PAGE, &mut page))?;
        new.restore(&page, &[], 0)?;
        if let Some((key, _)) = page.into_iter().next_back() {
            start = Bound::Excluded(key);
        }
        if end && touched < FEW {
            break;
        }
        std::thread::sleep(began.elapsed());
    }
    std::mem::forget(unfinished);
    Ok(Some(Copied {
        path: path.to_owned(),
        beside,
        slot: new,
    }))
}

/// Does to the copy what was done to the file since it was asked last; tells to how many keys.
fn follow(slot: &Slot, new: &Slot) -> Result<usize, Error> {
    let cut_off = || Error::unavailable("the disk failed while the file was copied");
    let touched = slot.touched.take().ok_or_else(cut_off)?;
    for keys in touched.chunks(PAGE) {
        let (mut there, mut gone): (Vec<Stored>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
        let last_version = slot.read(|transaction| {
            for key in keys {
                match table::raw(transaction, key)? {
                    Some(stored) => there.push((key.clone(), stored)),
                    None => gone.push(key.clone()),
                }
            }
            Ok(table::last_version(transaction))
        })?;
        new.restore(&there, &gone, last_version)?;
    }
    Ok(touched.len())
}

impl Copied {
    /// Goes on with the copy. To be called by the writer, between two transactions.
    pub(super) fn take_the_place_of(self, slot: &Slot) -> Result<(), Error> {
        let unfinished = Unfinished(&self.beside);
        follow(slot, &self.slot)?;
        let last_version = slot.read(|transaction| Ok(table::last_version(transaction)))?;
        self.slot.restore(&[], &[], last_version)?;
        let named = |error| Error::unavailable(format_args!("`{}`: {error}", self.path.display()));
        let directory = file::take_place(&self.path, &self.beside).map_err(named)?;
        std::mem::forget(unfinished);
        slot.go_on_with(self.slot, directory);
        Ok(())
    }
}

/// A file that is removed unless it is complete.
struct Unfinished<'a>(&'a Path);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.0);
    }
}
