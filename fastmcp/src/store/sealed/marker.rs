//! Where the mark lies, how it is read, and how it is changed: one compare-and-set.

use sha2::{Digest as _, Sha256};

use super::super::{Error, Expected, Key, NEVER, Put, Record, Store};
use super::envelope::{self, Closed, NO_KEY, Plaintext};
use super::mark::Mark;
use crate::keys::{Keys, hex};
use crate::parts::{Parts, UnixSeconds};

const KIND: &str = "mark";

/// What reading the mark takes.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) keys: Option<&'a Keys>,
}

/// A mark that was read.
pub(super) struct Found {
    pub(super) mark: Mark,
    /// What its first place is to be expected as.
    expected: Expected,
    /// Whether it lay there.
    is_first: bool,
}

/// What writing it takes.
pub(super) struct Marker<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) parts: &'a Parts,
}

impl Reader<'_> {
    /// The mark: its first copy, or the second one if that is lost or damaged.
    pub(super) async fn read(&self) -> Result<Option<Found>, Error> {
        let first = self.store.get(&place()).await?;
        let expected = first
            .as_ref()
            .map_or(Expected::Absent, |record| Expected::Version(record.version));
        let found = |mark, is_first| {
            Some(Found {
                mark,
                expected,
                is_first,
            })
        };
        let failed = match first.map(|record| self.open(&place(), &record)) {
            Some(Ok(mark)) => return Ok(found(mark, true)),
            Some(Err(error @ Error::Corrupt)) => Some(error),
            Some(Err(error)) => return Err(error),
            None => None,
        };
        match self.store.get(&second_place()).await? {
            Some(record) => Ok(found(self.open(&second_place(), &record)?, false)),
            None => failed.map_or(Ok(None), Err),
        }
    }

    fn open(&self, at: &Key, record: &Record) -> Result<Mark, Error> {
        match envelope::open(self.keys, at, record) {
            Ok(plain) => serde_json::from_slice(plain.json()).map_err(|_| newer()),
            Err(Closed::Damaged) => Err(report_corrupt(at)),
            Err(Closed::OtherKey(by)) => Err(wrong_key(by, self.keys)),
            Err(Closed::OtherFormat) => Err(newer()),
        }
    }

    /// Why a record at `record_place` names a key or format that is not known here: because other
    /// servers have moved on, or because the record is damaged.
    pub(super) async fn explain(&self, record_place: &Key, closed: Closed) -> Error {
        let fingerprint = match closed {
            Closed::Damaged => return report_corrupt(record_place),
            Closed::OtherFormat => None,
            Closed::OtherKey(fingerprint) => Some(fingerprint),
        };
        match (self.read().await, fingerprint) {
            (Err(error), _) => error,
            (Ok(None), _) => missing(),
            (Ok(Some(found)), Some(by)) if found.mark.lists(&by) => wrong_key(by, self.keys),
            (Ok(Some(_)), _) => report_corrupt(record_place),
        }
    }
}

impl Marker<'_> {
    pub(super) fn current(&self) -> &str {
        self.reader.keys.map_or(NO_KEY, Keys::id)
    }

    pub(super) fn now(&self) -> UnixSeconds {
        self.parts.clock.now()
    }

    /// A store without a mark has nothing else but the salt.
    pub(super) async fn must_be_new(&self) -> Result<(), Error> {
        let (mut after, now) = (None, self.now());
        loop {
            let page = self.reader.store.scan(after.as_ref(), 64).await?;
            let is_live = |(key, record): &(Key, Record)| record.expires_at > now && !is_own(key);
            if page.records.iter().any(is_live) {
                // Unless another server has begun to serve meanwhile.
                let is_marked = self.reader.read().await?.is_some();
                return if is_marked {
                    Ok(())
                } else {
                    Err(Error::Unmarked)
                };
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// The mark after `change`, written if that made a difference, if it is sealed with a previous
    /// key, or if a copy is missing.
    pub(super) async fn change(&self, change: impl Fn(&mut Mark)) -> Result<Mark, Error> {
        for _ in 0..8 {
            let found = self.reader.read().await?.ok_or_else(missing)?;
            found.mark.check(self.reader.keys)?;
            let mut mark = found.mark.clone();
            change(&mut mark);
            let second = self.reader.store.get(&second_place()).await?;
            let is_whole = found.is_first
                && second.as_ref().is_some_and(|second| {
                    let copy = self.reader.open(&second_place(), second);
                    let same_key = envelope::sealed_with(&second.value) == Ok(self.current());
                    same_key && copy.is_ok_and(|copy| copy == mark)
                });
            if is_whole && mark == found.mark {
                return Ok(mark);
            }
            if self.put(&mark, &place(), found.expected).await? {
                let expected = second.map_or(Expected::Absent, |it| Expected::Version(it.version));
                // Whoever was quicker has written a newer one.
                self.put(&mark, &second_place(), expected).await?;
                return Ok(mark);
            }
        }
        Err(Error::unavailable(
            "the mark of the store changes under our hands",
        ))
    }

    pub(super) async fn put(
        &self,
        mark: &Mark,
        at: &Key,
        expected: Expected,
    ) -> Result<bool, Error> {
        let plain = Plaintext::new(b"", |bytes| serde_json::to_writer(bytes, mark).is_ok());
        let plain = plain.ok_or_else(missing)?;
        let value = envelope::seal(self.reader.keys, at, NEVER, &plain, &self.parts.random);
        let put = self.reader.store.put(at, value, NEVER, expected).await?;
        Ok(matches!(put, Put::Done(_)))
    }
}

/// Whether the store keeps this about itself.
pub(super) fn is_own(key: &Key) -> bool {
    let salts = [
        crate::store::salt::place(),
        crate::store::salt::second_place(),
    ];
    salts.contains(key) || places().contains(key)
}

/// Whether `keys` open everything in a sealed store; a store without a mark asks for none.
pub(crate) async fn all_at_hand(store: &dyn Store, keys: &Keys) -> Result<(), Error> {
    let keys = Some(keys);
    Mark::existing(Reader { store, keys }).await.map(drop)
}

/// Where its copies lie, the first one first.
pub(crate) fn places() -> [Key; 2] {
    [place(), second_place()]
}

/// Where the mark lies.
pub(super) fn place() -> Key {
    Key::new(KIND, Sha256::digest(b"fastmcp/1 mark").into())
}

/// Where its second copy lies.
fn second_place() -> Key {
    Key::new(KIND, Sha256::digest(b"fastmcp/1 mark, again").into())
}

/// The fingerprint of the key that the mark of `store` is sealed with; `None` for a store never
/// opened.
pub(crate) async fn sealed_by(store: &dyn Store) -> Result<Option<String>, Error> {
    let mut found = Ok(None);
    for place in [place(), second_place()] {
        let Some(record) = store.get(&place).await? else {
            continue;
        };
        found = match envelope::sealed_with(&record.value) {
            Ok(fingerprint) => return Ok(Some(fingerprint.to_owned())),
            Err(Closed::OtherFormat) => return Err(newer()),
            Err(_) => Err(report_corrupt(&place)),
        };
    }
    found
}

/// A record that opened, and yet says nothing that can be understood here.
pub(super) fn newer() -> Error {
    Error::unavailable(
        "a record was written by a newer version of this server; give every node that version",
    )
}

pub(super) fn wrong_key(sealed_with: String, keys: Option<&Keys>) -> Error {
    let given = keys.map_or(NO_KEY, Keys::id).to_owned();
    Error::WrongKey { sealed_with, given }
}

fn missing() -> Error {
    Error::unavailable("the mark of the store is gone")
}

/// Says which record, by the beginning of its key, which is a MAC and tells nothing.
pub(super) fn report_corrupt(place: &Key) -> Error {
    let record = hex(&place.as_bytes()[..4]);
    tracing::error!(
        event = "storage_integrity",
        kind = place.kind(),
        record,
        "a stored record does not open: changed, moved or cut short; it was left in place"
    );
    Error::Corrupt
}
