//! The open database, and its replacement after an I/O error.
//!
//! The engine refuses all work after the first I/O error, since it cannot know what reached the
//! disk. Opening the file again starts from the last commit, which is exactly what was
//! acknowledged. Readers share the database; only reopening excludes them.

use std::fmt;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use redb::{
    Builder, Database, ReadTransaction, ReadableDatabase as _, StorageBackend, WriteTransaction,
};
use tokio::time::Instant;

use super::super::{Error, Record};
use super::compaction::Touched;
use super::damaged::Damaged;
use super::gate::Gate;
use super::table::{self, Fault, Stored, Tables};
use super::writer::{Change, Done};

/// How long a failed database is left alone before the next attempt to open it.
const REOPEN_PAUSE: Duration = Duration::from_millis(250);

/// From this length of the file on, in bytes, each commit also writes down which pages are in use.
///
/// Without that note the file has to be read as a whole after a crash: a moment for a small one,
/// many seconds for a large one. With it, a commit takes a second sync, and so about twice as long.
/// The note of a commit is worth nothing after the next one, so either all have it or none.
pub(super) const NOTED_FROM: u64 = 64 * 1024 * 1024;

/// Pages kept in memory, in bytes. The operating system caches the rest.
const CACHE: usize = 32 * 1024 * 1024;

pub(super) type OpenStorage = Box<dyn Fn() -> io::Result<Box<dyn StorageBackend>> + Send + Sync>;

/// The place of the database.
pub(super) struct Slot {
    place: RwLock<Place>,
    noted_from: u64,
    /// Held while a damaged file is replaced, which many may ask for.
    replacing: Mutex<()>,
    /// What a copy of the file has to follow.
    pub(super) touched: Touched,
    /// The directory, while the name of the file in it may not survive a power cut.
    unsynced: Mutex<Option<File>>,
}

enum Place {
    /// Empty while the file cannot be opened.
    Taken(OpenStorage, Option<Opened>),
    /// Readable as far as it goes; gives way before anything else is done.
    Damaged(Arc<Damaged>),
}

/// Why a file was not opened.
pub(super) enum Refused {
    /// What it holds is not what was written; for this reason.
    Damaged(String),
    /// It may be as good as ever.
    Otherwise(Error),
}

struct Opened {
    database: Database,
    gate: Gate,
}

impl Slot {
    pub(super) fn open(storage: OpenStorage, noted_from: u64) -> Result<Self, Refused> {
        let opened = Some(open(&storage)?);
        Ok(Self::at(Place::Taken(storage, opened), noted_from))
    }

    pub(super) fn damaged(damaged: Damaged) -> Self {
        Self::at(Place::Damaged(Arc::new(damaged)), NOTED_FROM)
    }

    fn at(place: Place, noted_from: u64) -> Self {
        Self {
            place: RwLock::new(place),
            noted_from,
            replacing: Mutex::default(),
            touched: Touched::default(),
            unsynced: Mutex::default(),
        }
    }

    /// The record under `key`, as it was last committed.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Record>, Error> {
        match self.is_damaged() {
            Some(damaged) => Ok(damaged.get(key)),
            None => self.read(|transaction| table::get(transaction, key)),
        }
    }

    fn is_damaged(&self) -> Option<Arc<Damaged>> {
        let place = self.place.read().unwrap_or_else(PoisonError::into_inner);
        match &*place {
            Place::Damaged(damaged) => Some(damaged.clone()),
            Place::Taken(..) => None,
        }
    }

    /// Lets a damaged file give way. Others read it meanwhile.
    fn settle(&self) -> Result<(), Error> {
        if self.is_damaged().is_none() {
            return Ok(());
        }
        let one = self.replacing.lock();
        let _one = one.unwrap_or_else(PoisonError::into_inner);
        let Some(damaged) = self.is_damaged() else {
            return Ok(());
        };
        let new = damaged.replace()?.place.into_inner();
        let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
        *place = new.unwrap_or_else(PoisonError::into_inner);
        Ok(())
    }

    fn begin_write(&self, opened: &Opened) -> Result<WriteTransaction, Fault> {
        let mut transaction = opened.database.begin_write()?;
        let length = opened.gate.len().map_err(redb::Error::Io)?;
        transaction.set_quick_repair(length >= self.noted_from);
        Ok(transaction)
    }

    /// Takes over records as they lay in another file, and forgets those that are gone there.
    pub(super) fn restore(
        &self,
        records: &[Stored],
        gone: &[Vec<u8>],
        last_version: u64,
    ) -> Result<(), Error> {
        self.with(|opened| {
            let transaction = self.begin_write(opened)?;
            let mut tables = Tables::open(&transaction)?;
            for key in gone {
                tables.forget(key)?;
            }
            for (key, stored) in records {
                tables.restore(key, stored)?;
            }
            tables.skip_to(last_version);
            tables.finish()?;
            opened.gate.open().map_err(redb::Error::Io)?;
            Ok(transaction.commit()?)
        })
    }

    /// Reads the last committed state.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.with(|opened| read(&opened.database.begin_read()?))
    }

    /// Applies `changes` in one transaction and syncs it: all of them, or on an error none.
    pub(super) fn write(&self, changes: &[Change]) -> Result<Vec<Done>, Error> {
        self.sync_name()?;
        let written = self.with(|opened| {
            let transaction = self.begin_write(opened)?;
            let mut tables = Tables::open(&transaction)?;
            let done = changes
                .iter()
                .map(|change| tables.apply(change))
                .collect::<Result<_, _>>();
            // An error drops the transaction, which aborts it.
            let done: Vec<Done> = done?;
            if done.iter().all(|done| done.is_nothing()) {
                // What these answers say has been durable for long.
                drop(tables);
                transaction.abort()?;
                return Ok((done, Vec::new()));
            }
            let touched = tables.finish()?;
            opened.gate.open().map_err(redb::Error::Io)?;
            transaction.commit()?;
            Ok((done, touched))
        });
        // Whether a write that failed was done is known when the file is open again.
        self.touched
            .note(written.as_ref().ok().map(|(_, keys)| keys));
        written.map(|(done, _)| done)
    }

    /// How long the file is, in bytes, and how many records are in it.
    pub(super) fn size(&self) -> Result<(u64, u64), Error> {
        self.with(|opened| {
            let length = opened.gate.len().map_err(redb::Error::Io)?;
            Ok((length, table::count(&opened.database.begin_read()?)?))
        })
    }

    /// Goes on with the file of `new`, whose name in `directory` is not synced yet.
    pub(super) fn go_on_with(&self, new: Self, directory: File) {
        *self.unsynced() = Some(directory);
        let new = new
            .place
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, new);
        drop(place);
        // Closing it takes a while, and nobody needs to wait for that.
        let _ = guarded(|| drop(old));
    }

    fn unsynced(&self) -> MutexGuard<'_, Option<File>> {
        let unsynced = self.unsynced.lock();
        unsynced.unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing may be written to a file that could be gone after a power cut.
    fn sync_name(&self) -> Result<(), Error> {
        let mut unsynced = self.unsynced();
        if let Some(directory) = &*unsynced {
            directory.sync_all().map_err(Error::unavailable)?;
            *unsynced = None;
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&Opened) -> Result<T, Fault>) -> Result<T, Error> {
        self.settle()?;
        let place = self.place.read().unwrap_or_else(PoisonError::into_inner);
        match &*place {
            Place::Taken(_, Some(opened)) => guarded(|| work(opened))?.map_err(to_error),
            _ => Err(closed()),
        }
    }

    /// Moves what lies at the end of the file to the gaps before it. Nobody is served meanwhile.
    pub(super) fn compact(&self) -> Result<(), Error> {
        self.settle()?;
        let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
        let Place::Taken(_, Some(opened)) = &mut *place else {
            return Err(closed());
        };
        let done = guarded(|| -> Result<(), Fault> {
            opened.gate.open().map_err(redb::Error::Io)?;
            opened.database.compact()?;
            Ok(())
        });
        done?.map_err(to_error)
    }

    /// Closes the database and opens it again at its last commit.
    pub(super) fn reopen(&self) {
        let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
        let Place::Taken(storage, slot) = &mut *place else {
            return;
        };
        let old = slot.take();
        let closed = guarded(|| drop(old)).map_err(Refused::Otherwise);
        match closed.and_then(|()| open(storage)) {
            Ok(opened) => {
                tracing::warn!("database file reopened after an I/O error");
                *slot = Some(opened);
            }
            Err(Refused::Otherwise(error)) => {
                tracing::error!(%error, "database file cannot be reopened yet");
            }
            Err(Refused::Damaged(cause)) => tracing::error!(
                event = "storage_integrity",
                cause,
                "the database file was damaged while it was open; the next start sets it aside"
            ),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(cause) => f.write_str(cause),
            Self::Otherwise(error) => error.fmt(f),
        }
    }
}

fn open(storage: &OpenStorage) -> Result<Opened, Refused> {
    let gate = storage().and_then(Gate::new);
    let gate = gate.map_err(|error| Refused::Otherwise(Error::unavailable(error)))?;
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    let opened = guarded(|| {
        let database = builder.create_with_backend(gate.clone())?;
        table::check(&database.begin_read()?)?;
        Ok(Opened { database, gate })
    });
    match opened {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(Fault::Torn)) => Err(Refused::Damaged("a table is cut short".to_owned())),
        Ok(Err(Fault::Engine(error))) if is_damage(&error) => {
            Err(Refused::Damaged(error.to_string()))
        }
        Ok(Err(Fault::Engine(error))) => Err(Refused::Otherwise(Error::unavailable(error))),
        Err(_) => Err(Refused::Damaged("the engine stumbled over it".to_owned())),
    }
}

/// Whether what was read is wrong, and not the reading.
fn is_damage(error: &redb::Error) -> bool {
    match error {
        redb::Error::Corrupted(_) => true,
        // No database, cut short, or with a page at a place that no file has.
        redb::Error::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput
        ),
        _ => false,
    }
}

/// A file that was damaged from outside can make the engine panic; that must not take the server
/// with it.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Error::unavailable("the database engine failed; is the file damaged?"))
}

/// Spaces attempts to reopen.
#[derive(Default)]
pub(super) struct Pause(Option<Instant>);

impl Pause {
    pub(super) fn is_over(&mut self) -> bool {
        let now = Instant::now();
        let over = self
            .0
            .is_none_or(|last| now.duration_since(last) >= REOPEN_PAUSE);
        if over {
            self.0 = Some(now);
        }
        over
    }
}

fn closed() -> Error {
    Error::unavailable("the database file is closed after an I/O error")
}

fn to_error(fault: Fault) -> Error {
    match fault {
        Fault::Torn | Fault::Engine(redb::Error::Corrupted(_)) => {
            tracing::error!(event = "storage_integrity", "the database file is damaged");
            Error::Corrupt
        }
        Fault::Engine(error) => {
            tracing::error!(%error, "the database file cannot be used");
            Error::unavailable(error)
        }
    }
}
