//! What can still be read of a damaged database file.
//!
//! The engine refuses a file as a whole when its header, its length or one page of its bookkeeping
//! is wrong, though nearly all records may lie in it unharmed. So the file is shown to the engine
//! as one that nothing needs to be done about: read only, with zeros where it ends too early, and
//! without the mark that it was not closed. Then the records are read in the order of their keys;
//! where a page does not read, reading goes on at the next prefix of two bytes, or a later one (ids
//! are MACs, and so evenly spread). Whether a record that was read is what was written is told above, where it
//! is opened; that it is not older than what was acknowledged, nobody can tell.

use std::fs::File;
use std::io;
use std::ops::Bound;

use redb::backends::FileBackend;
use redb::{
    BackendError, Builder, ConcurrencyMode, ReadOnlyDatabase, ReadTransaction,
    ReadableDatabase as _, StorageBackend,
};

use super::super::Error;
use super::database::guarded;
use super::table::{self, Stored};

/// Records that are handed on together.
const BATCH: usize = 1000;
/// Most prefixes that are passed over at once.
const LONGEST_STEP: u16 = 256;
/// Where the file says whether it was closed, and the bit that says that it was not.
const FLAGS: u64 = 9;
const NOT_CLOSED: u8 = 2;

/// Hands on what can be read, batch by batch; gives the highest version that the file knows.
///
/// # Errors
/// Only those of `keep`: that nothing can be read is no error here.
pub(super) fn read(
    database: &ReadOnlyDatabase,
    mut keep: impl FnMut(&[Stored]) -> Result<(), Error>,
) -> Result<u64, Error> {
    let transaction = guarded(|| database.begin_read());
    let Ok(Ok(transaction)) = transaction else {
        return Ok(0);
    };
    let mut last_version = guarded(|| table::last_version(&transaction)).unwrap_or(0);
    let mut start = Bound::Included(Vec::new());
    let mut step = 1;
    loop {
        let (batch, over) = next(&transaction, &start);
        for (_, stored) in &batch {
            last_version = last_version.max(table::version(stored));
        }
        if !batch.is_empty() {
            keep(&batch)?;
        }
        // Where many pages in a row are lost, each attempt costs as much as one that succeeds.
        step = if batch.is_empty() {
            LONGEST_STEP.min(step * 2)
        } else {
            1
        };
        let after = match (batch.into_iter().next_back(), start) {
            (Some((key, _)), _) | (None, Bound::Included(key) | Bound::Excluded(key)) => key,
            (None, Bound::Unbounded) => Vec::new(),
        };
        start = match over {
            Over::Batch => Bound::Excluded(after),
            Over::Table => return Ok(last_version),
            Over::Page => match next_prefix(&after, step) {
                Some(prefix) => Bound::Included(prefix),
                None => return Ok(last_version),
            },
        };
    }
}

/// Why reading has stopped.
enum Over {
    Batch,
    Table,
    Page,
}

fn next(transaction: &ReadTransaction, start: &Bound<Vec<u8>>) -> (Vec<Stored>, Over) {
    let mut batch = Vec::new();
    let whole = guarded(|| table::read_raw(transaction, start, BATCH, &mut batch));
    let over = match whole {
        Ok(Ok(true)) => Over::Table,
        Ok(Ok(false)) => Over::Batch,
        Ok(Err(_)) | Err(_) => Over::Page,
    };
    (batch, over)
}

fn next_prefix(key: &[u8], step: u16) -> Option<Vec<u8>> {
    let byte = |at: usize| key.get(at).copied().unwrap_or(0);
    let prefix = u16::from_be_bytes([byte(0), byte(1)]);
    Some(prefix.checked_add(step)?.to_be_bytes().to_vec())
}

/// The file as far as it can be read; `None` if that is nothing.
pub(super) fn open(file: &File) -> Option<ReadOnlyDatabase> {
    let backend = FileBackend::new(file.try_clone().ok()?).ok()?;
    let storage = Torn { backend };
    let opened = guarded(|| {
        Builder::new()
            // A reader of this kind looks at the tables alone.
            .set_concurrency_mode(ConcurrencyMode::SingleWriter)
            .open_read_only_with_backend(storage)
    });
    opened.ok()?.ok()
}

/// The file as it is shown to the engine. Nobody else has it: it is locked by us.
#[derive(Debug)]
struct Torn {
    backend: FileBackend,
}

impl StorageBackend for Torn {
    fn len(&self) -> Result<u64, io::Error> {
        self.backend.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let there = self.backend.len()?.saturating_sub(offset);
        let there = usize::try_from(there).unwrap_or(usize::MAX).min(out.len());
        let (own, beyond) = out.split_at_mut(there);
        beyond.fill(0);
        if !own.is_empty() {
            self.backend.read(offset, own)?;
        }
        let flags = FLAGS
            .checked_sub(offset)
            .and_then(|at| usize::try_from(at).ok());
        if let Some(flags) = flags.and_then(|at| out.get_mut(at)) {
            *flags &= !NOT_CLOSED;
        }
        Ok(())
    }

    fn set_len(&self, _: u64) -> Result<(), io::Error> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        Ok(())
    }

    fn write(&self, _: u64, _: &[u8]) -> Result<(), io::Error> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn try_lock_shared_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn lock_shared_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn query_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(false)
    }
}
