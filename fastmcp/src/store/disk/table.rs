//! The two tables and what one change does to them.
//!
//! | table | key | value |
//! |---|---|---|
//! | `records` | key | version (8) ‖ expiry (8) ‖ value |
//! | `expiry` | expiry (8) ‖ key | – |
//! | `meta` | `last_version` | number |
//!
//! Numbers are big-endian, so that the order of bytes is the order of time.

use std::ops::Bound;

use redb::{
    ReadTransaction, ReadableTable as _, ReadableTableMetadata as _, Table, TableDefinition,
    TableError, WriteTransaction,
};

use super::super::{Cursor, Expected, Key, Page, Record, Version, is_expected};
use super::writer::{Change, Done};
use crate::parts::UnixSeconds;

const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");
const EXPIRY: TableDefinition<'_, &[u8], ()> = TableDefinition::new("expiry");
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const LAST_VERSION: &str = "last_version";
/// A page of a walk ends with the record that makes it this large, in bytes.
const PAGE_BYTES: usize = 1024 * 1024;

/// What went wrong below a store error.
pub(super) enum Fault {
    Engine(redb::Error),
    /// A stored record is shorter than its header.
    Torn,
}

impl<E: Into<redb::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}

/// The record under `key` in the state that `transaction` sees.
pub(super) fn get(transaction: &ReadTransaction, key: &[u8]) -> Result<Option<Record>, Fault> {
    let records = match transaction.open_table(RECORDS) {
        // Nothing was ever written.
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        other => other?,
    };
    let Some(stored) = records.get(key)? else {
        return Ok(None);
    };
    record(stored.value()).map(Some).ok_or(Fault::Torn)
}

/// Up to `limit` records behind the key `after`, or fewer if they are large.
pub(super) fn page(
    transaction: &ReadTransaction,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Page, Fault> {
    let mut page = Page {
        records: Vec::new(),
        next: None,
    };
    let table = match transaction.open_table(RECORDS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(page),
        other => other?,
    };
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let (mut seen, mut bytes) = (0, 0);
    for entry in table.range::<&[u8]>((start, Bound::Unbounded))? {
        let (key, stored) = entry?;
        let (key, stored) = (key.value(), stored.value());
        if let (Some(key), Some(record)) = (Key::from_bytes(key.to_vec()), record(stored)) {
            page.records.push((key, record));
        } else {
            tracing::error!(
                event = "storage_integrity",
                "a record of the database file is cut short; it was left in place"
            );
        }
        seen += 1;
        bytes += stored.len();
        if seen >= limit || bytes >= PAGE_BYTES {
            page.next = Some(Cursor::new(key.to_vec()));
            break;
        }
    }
    Ok(page)
}

/// A key and what is stored under it, as they lie in the file.
pub(super) type Stored = (Vec<u8>, Vec<u8>);

/// Reads up to `limit` of them into `batch`, which keeps what was read before an error; tells
/// whether they were the last.
pub(super) fn read_raw(
    transaction: &ReadTransaction,
    start: &Bound<Vec<u8>>,
    limit: usize,
    batch: &mut Vec<Stored>,
) -> Result<bool, Fault> {
    let records = transaction.open_table(RECORDS)?;
    let start = start.as_ref().map(Vec::as_slice);
    for entry in records.range::<&[u8]>((start, Bound::Unbounded))? {
        let (key, stored) = entry?;
        batch.push((key.value().to_vec(), stored.value().to_vec()));
        if batch.len() == limit {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The last version that was given out, as far as the file knows.
pub(super) fn last_version(transaction: &ReadTransaction) -> u64 {
    let known = || transaction.open_table(META).ok()?.get(LAST_VERSION).ok()?;
    known().map_or(0, |number| number.value())
}

/// The version in a stored record; zero in one that is too short for it.
pub(super) fn version(stored: &[u8]) -> u64 {
    split(stored).map_or(0, |(version, ..)| version.number())
}

/// What is stored under `key`, as it lies in the file.
pub(super) fn raw(transaction: &ReadTransaction, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    let stored = transaction.open_table(RECORDS)?.get(key)?;
    Ok(stored.map(|stored| stored.value().to_vec()))
}

/// Whether the tables are ours, or there are none yet.
pub(super) fn check(transaction: &ReadTransaction) -> Result<(), Fault> {
    let records = transaction.open_table(RECORDS).map(|_| ());
    let expiry = transaction.open_table(EXPIRY).map(|_| ());
    let meta = transaction.open_table(META).map(|_| ());
    for table in [records, expiry, meta] {
        match table {
            Ok(()) | Err(TableError::TableDoesNotExist(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// How many records there are.
pub(super) fn count(transaction: &ReadTransaction) -> Result<u64, Fault> {
    match transaction.open_table(RECORDS) {
        Err(TableError::TableDoesNotExist(_)) => Ok(0),
        table => Ok(table?.len()?),
    }
}

/// The tables of one write transaction.
pub(super) struct Tables<'t> {
    records: Table<'t, &'static [u8], &'static [u8]>,
    expiry: Table<'t, &'static [u8], ()>,
    meta: Table<'t, &'static str, u64>,
    last_version: u64,
    /// The keys of all that changed.
    touched: Vec<Vec<u8>>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
        let meta = transaction.open_table(META)?;
        let last_version = meta.get(LAST_VERSION)?.map_or(0, |number| number.value());
        Ok(Self {
            records: transaction.open_table(RECORDS)?,
            expiry: transaction.open_table(EXPIRY)?,
            meta,
            last_version,
            touched: Vec::new(),
        })
    }

    /// Applies one change to the state that the changes before it left.
    pub(super) fn apply(&mut self, change: &Change) -> Result<Done, Fault> {
        match change {
            Change::Put {
                key,
                value,
                expires_at,
                expected,
            } => self.put(key, value, *expires_at, *expected).map(Done::Put),
            Change::Delete { key, expected } => self.delete(key, *expected).map(Done::Removed),
            Change::Sweep { now, limit } => self.sweep(*now, *limit).map(Done::Removed),
        }
    }

    /// Takes over a record as it lay in another file; passes over what is none.
    pub(super) fn restore(&mut self, key: &[u8], stored: &[u8]) -> Result<(), Fault> {
        self.forget(key)?;
        let Some((_, expires_at, _)) = split(stored) else {
            return Ok(());
        };
        if Key::from_bytes(key.to_vec()).is_some() {
            self.records.insert(key, stored)?;
            let end = expiry_key(expires_at, key);
            self.expiry.insert(end.as_slice(), ())?;
        }
        Ok(())
    }

    /// Forgets what is stored under `key`, whatever it is.
    pub(super) fn forget(&mut self, key: &[u8]) -> Result<(), Fault> {
        let until = match self.records.remove(key)? {
            Some(stored) => split(stored.value()).map(|(_, until, _)| until),
            None => None,
        };
        if let Some(until) = until {
            self.expiry.remove(expiry_key(until, key).as_slice())?;
        }
        Ok(())
    }

    /// No version up to `number` is given out from now on.
    pub(super) fn skip_to(&mut self, number: u64) {
        self.last_version = self.last_version.max(number);
    }

    /// Remembers the last version that was given out, so that none comes back; gives the keys of
    /// all that changed.
    pub(super) fn finish(mut self) -> Result<Vec<Vec<u8>>, Fault> {
        self.meta.insert(LAST_VERSION, self.last_version)?;
        Ok(self.touched)
    }

    fn put(
        &mut self,
        key: &[u8],
        value: &[u8],
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> Result<Option<Version>, Fault> {
        let current = self.current(key)?;
        if !is_expected(current.map(|(version, _)| version), expected) {
            return Ok(None);
        }
        self.last_version += 1;
        let header = [self.last_version.to_be_bytes(), expires_at.to_be_bytes()].concat();
        self.records
            .insert(key, [&header, value].concat().as_slice())?;
        let until = current.map(|(_, until)| until);
        if until != Some(expires_at) {
            if let Some(until) = until {
                self.expiry.remove(expiry_key(until, key).as_slice())?;
            }
            self.expiry
                .insert(expiry_key(expires_at, key).as_slice(), ())?;
        }
        self.touched.push(key.to_vec());
        Ok(Some(Version::new(self.last_version)))
    }

    fn delete(&mut self, key: &[u8], expected: Version) -> Result<usize, Fault> {
        match self.current(key)? {
            Some((version, until)) if version == expected => {
                self.records.remove(key)?;
                self.expiry.remove(expiry_key(until, key).as_slice())?;
                self.touched.push(key.to_vec());
                Ok(1)
            }
            _ => Ok(0),
        }
    }

    fn sweep(&mut self, now: UnixSeconds, limit: usize) -> Result<usize, Fault> {
        let end = now.saturating_add(1).to_be_bytes();
        let expired: Vec<Vec<u8>> = self
            .expiry
            .range::<&[u8]>(..end.as_slice())?
            .take(limit)
            .map(|entry| entry.map(|(key, _)| key.value().to_vec()))
            .map(|entry| entry.map_err(Fault::from))
            .collect::<Result<_, Fault>>()?;
        for entry in &expired {
            let key = entry.get(8..).unwrap_or_default();
            self.expiry.remove(entry.as_slice())?;
            self.records.remove(key)?;
            self.touched.push(key.to_vec());
        }
        Ok(expired.len())
    }

    fn current(&self, key: &[u8]) -> Result<Option<(Version, UnixSeconds)>, Fault> {
        let Some(stored) = self.records.get(key)? else {
            return Ok(None);
        };
        let (version, expires_at, _) = split(stored.value()).ok_or(Fault::Torn)?;
        Ok(Some((version, expires_at)))
    }
}

fn record(stored: &[u8]) -> Option<Record> {
    let (version, expires_at, value) = split(stored)?;
    Some(Record {
        value: value.to_vec(),
        version,
        expires_at,
    })
}

fn split(stored: &[u8]) -> Option<(Version, UnixSeconds, &[u8])> {
    let (version, rest) = stored.split_first_chunk::<8>()?;
    let (expires_at, value) = rest.split_first_chunk::<8>()?;
    Some((
        Version::new(u64::from_be_bytes(*version)),
        u64::from_be_bytes(*expires_at),
        value,
    ))
}

fn expiry_key(expires_at: UnixSeconds, key: &[u8]) -> Vec<u8> {
    [&expires_at.to_be_bytes(), key].concat()
}
