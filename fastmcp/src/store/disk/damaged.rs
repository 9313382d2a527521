//! A damaged file, from the moment that this is found until another has taken its place.
//!
//! ```text
//! opened: in place, read alone ──first write or walk──► copied beside ──complete──► set aside
//! ```
//!
//! Whether the server has the right key is known only after a record has been read, and until then
//! nothing may change. So a damaged file first stays where it is, and a read sees what can be read
//! of it. When something is to be written, a new file is made beside it with all that can be read,
//! and when that is complete, it takes the place in one step. A crash or a full disk on the way
//! leaves the damaged file in place, and the next attempt begins anew.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{ReadOnlyDatabase, ReadableDatabase as _};

use super::super::{Error, Record};
use super::database::{Slot, guarded};
use super::{file, salvage, slot_of, table};

/// More than any process gives out between what a damaged file tells and its end.
const SKIPPED_VERSIONS: u64 = 1 << 32;

pub(super) struct Damaged {
    path: PathBuf,
    /// So that it stays locked even where nothing can be read.
    _locked: Arc<File>,
    cause: String,
    readable: Option<ReadOnlyDatabase>,
}

impl Damaged {
    pub(super) fn new(path: PathBuf, file: Arc<File>, cause: String) -> Self {
        tracing::error!(
            event = "storage_integrity",
            file = %path.display(),
            cause,
            "the database file is damaged; with the first write it is set aside, and what can be \
             read is taken over"
        );
        let readable = salvage::open(&file);
        Self {
            path,
            _locked: file,
            cause,
            readable,
        }
    }

    /// The record under `key`; `None` also where it cannot be read, for then it will not be taken
    /// over either.
    pub(super) fn get(&self, key: &[u8]) -> Option<Record> {
        let database = self.readable.as_ref()?;
        let found = guarded(|| table::get(&database.begin_read()?, key));
        found.ok()?.ok()?
    }

    /// Puts a new file with what can be read in its place; this one stays beside it.
    pub(super) fn replace(&self) -> Result<Slot, Error> {
        let named = |error: &dyn std::fmt::Display| named(&self.path, error);
        let (beside, new) = file::make_beside(&self.path)?;
        let slot = slot_of(Arc::new(new)).map_err(|refused| named(&refused))?;
        let mut saved = 0;
        let last_version = match &self.readable {
            Some(database) => salvage::read(database, |records| {
                saved += records.len();
                slot.restore(records, &[], 0)
            })?,
            None => 0,
        };
        // Versions that were given out and are not among what was read must not come back.
        slot.restore(&[], &[], last_version.saturating_add(SKIPPED_VERSIONS))?;
        let aside = file::exchange(&self.path, &beside).map_err(|error| named(&error))?;
        tracing::error!(
            event = "storage_integrity",
            file = %aside.display(),
            cause = self.cause,
            saved,
            "the damaged database file was set aside, and what could be read was taken over; \
             whoever is not among that has to sign in again"
        );
        Ok(slot)
    }
}

pub(super) fn named(path: &Path, error: &(impl std::fmt::Display + ?Sized)) -> Error {
    Error::unavailable(format_args!(
        "`{}` cannot be opened: {error}",
        path.display()
    ))
}
