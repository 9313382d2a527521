//! The open database, and its replacement after an I/O error.
//!
//! The engine refuses all work after the first I/O error, since it cannot know what reached the
//! disk. Opening the file again starts from the last commit, which is exactly what was
//! acknowledged. Readers share the database; only reopening excludes them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use redb::{Database, ReadTransaction, ReadableDatabase as _};
use tokio::time::Instant;

use super::super::Error;
use super::table::{Fault, Tables};
use super::writer::{Change, Done};

/// How long a failed database is left alone before the next attempt to open it.
const REOPEN_PAUSE: Duration = Duration::from_millis(250);

pub(super) type Open = Box<dyn Fn() -> Result<Database, Error> + Send + Sync>;

/// The place of the database: empty while the file cannot be opened.
pub(super) struct Slot {
    database: RwLock<Option<Database>>,
    open: Open,
}

impl Slot {
    pub(super) fn open(open: Open) -> Result<Self, Error> {
        let database = RwLock::new(Some(open()?));
        Ok(Self { database, open })
    }

    /// Reads the last committed state.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.with(|database| read(&database.begin_read()?))
    }

    /// Applies `changes` in one transaction and syncs it: all of them, or on an error none.
    pub(super) fn write(&self, changes: &[Change]) -> Result<Vec<Done>, Error> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            let mut tables = Tables::open(&transaction)?;
            let done = changes
                .iter()
                .map(|change| tables.apply(change))
                .collect::<Result<_, _>>();
            // An error drops the transaction, which aborts it.
            let done: Vec<_> = done?;
            tables.finish()?;
            transaction.commit()?;
            Ok(done)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, Fault>) -> Result<T, Error> {
        let slot = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = slot.as_ref() else {
            return Err(Error::unavailable(
                "the database file is closed after an I/O error",
            ));
        };
        // A file that was damaged from outside can make the engine panic; that must not take the
        // server with it.
        match catch_unwind(AssertUnwindSafe(|| work(database))) {
            Ok(result) => result.map_err(to_error),
            Err(_) => Err(Error::unavailable(
                "the database engine failed; is the file damaged?",
            )),
        }
    }

    /// Closes the database and opens it again at its last commit.
    pub(super) fn reopen(&self) {
        let mut slot = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // The old one must be gone first, for it holds the lock on the file.
        let old = slot.take();
        if catch_unwind(AssertUnwindSafe(|| drop(old))).is_err() {
            tracing::error!("the database engine failed while closing the file");
        }
        match catch_unwind(AssertUnwindSafe(|| (self.open)())) {
            Ok(Ok(database)) => {
                tracing::warn!("database file reopened after an I/O error");
                *slot = Some(database);
            }
            Ok(Err(error)) => tracing::error!(%error, "database file cannot be reopened yet"),
            Err(_) => tracing::error!("the database engine failed while opening the file"),
        }
    }
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
