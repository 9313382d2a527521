//! The store's mark: how this store is sealed, and where its records lie.
//!
//! One record under a key that depends on no secret, so that any server finds it. It is sealed
//! like every other, which makes it the canary: who opens it has the right key, and is told so
//! before anything is written. It holds
//!
//! - the **index key**, random, which turns kind and id into a record's place. It never changes,
//!   so records stay where they are when the storage key is exchanged, and sealing one anew is one
//!   compare-and-set in its own place;
//! - the fingerprints of **every storage key that records may be sealed with**, the one that all
//!   are to be sealed with last. A server that lacks one of them is refused: it would take those
//!   records for damaged, and log people out.
//!
//! ```text
//!   (none) ── start with a ──▶ [a] ── start with b, previous a ──▶ [a, b] ── all sealed anew ──▶ [b]
//! ```
//!
//! Every arrow is one compare-and-set. Who starts last decides which key is last; only servers
//! whose current key that is seal records anew. A server whose key was struck off while it still
//! writes with it adds it again, at the front ([`Mark::keep`]). The mark itself is sealed with the
//! current key of whoever wrote it last.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::{Error, Expected, Key, NEVER, Put, Record, Store};
use super::envelope::{self, Closed, NO_KEY, Plaintext};
use crate::keys::{KeyMaterial, Keys, hex};
use crate::parts::Random;
use crate::secret::Secret;

const KIND: &str = "mark";

/// What the mark says.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Mark {
    /// In hexadecimal.
    #[serde(serialize_with = "exposed")]
    index: Secret,
    sealed_by: Vec<String>,
}

impl Mark {
    /// Reads the mark of `store`, leaves one in a store without, and notes that all records are to
    /// be sealed with the current key.
    ///
    /// # Errors
    /// [`Error::WrongKey`] if a key is missing: nothing has been changed then.
    pub(super) async fn of(
        store: &dyn Store,
        keys: Option<&Keys>,
        random: &Random,
    ) -> Result<Self, Error> {
        let current = keys.map_or(NO_KEY, Keys::id);
        let start = |mark: &mut Self| {
            mark.sealed_by.retain(|by| by != current);
            mark.sealed_by.push(current.to_owned());
        };
        if store.get(&place()).await?.is_none() {
            let mut mark = Self::new(random);
            start(&mut mark);
            // Of several servers that start together one writes; the others read what it wrote.
            mark.put(store, keys, Expected::Absent, random).await?;
        }
        Self::change(store, keys, random, start).await
    }

    /// Notes again that records may be sealed with the current key, if that was forgotten; tells
    /// whether others are to be sealed with it anew.
    pub(super) async fn keep(
        store: &dyn Store,
        keys: &Keys,
        random: &Random,
    ) -> Result<bool, Error> {
        let kept = Self::change(store, Some(keys), random, |mark| {
            if !mark.sealed_by.iter().any(|by| by == keys.id()) {
                mark.sealed_by.insert(0, keys.id().to_owned());
            }
        });
        let mark = kept.await?;
        let is_last = mark.sealed_by.last().is_some_and(|last| last == keys.id());
        Ok(is_last && mark.sealed_by.len() > 1)
    }

    /// Notes that no record is sealed with any key but the current one.
    pub(super) async fn settle(
        store: &dyn Store,
        keys: &Keys,
        random: &Random,
    ) -> Result<(), Error> {
        let settled = Self::change(store, Some(keys), random, |mark| {
            mark.sealed_by = vec![keys.id().to_owned()];
        });
        settled.await.map(drop)
    }

    /// The mark after `change`, written if that made a difference or it is sealed with a previous
    /// key.
    async fn change(
        store: &dyn Store,
        keys: Option<&Keys>,
        random: &Random,
        change: impl Fn(&mut Self),
    ) -> Result<Self, Error> {
        let current = keys.map_or(NO_KEY, Keys::id);
        for _ in 0..8 {
            let record = store.get(&place()).await?.ok_or_else(missing)?;
            let old = Self::open(keys, &record)?;
            old.check(keys)?;
            let mut mark = old.clone();
            change(&mut mark);
            let same_key = envelope::sealed_with(&record.value) == Ok(current);
            if same_key && mark.sealed_by == old.sealed_by {
                return Ok(mark);
            }
            let expected = Expected::Version(record.version);
            if mark.put(store, keys, expected, random).await? {
                return Ok(mark);
            }
        }
        Err(Error::unavailable(
            "the mark of the store changes under our hands",
        ))
    }

    /// Why a record at `record_place` names a key or format that is not known here: because other
    /// servers have moved on, or because the record is damaged.
    pub(super) async fn explain(
        store: &dyn Store,
        keys: Option<&Keys>,
        record_place: &Key,
        closed: Closed,
    ) -> Error {
        let fingerprint = match closed {
            Closed::Damaged => return report_corrupt(record_place),
            Closed::OtherFormat => None,
            Closed::OtherKey(fingerprint) => Some(fingerprint),
        };
        let mark = match store.get(&place()).await {
            Err(error) => return error,
            Ok(None) => return report_corrupt(record_place),
            Ok(Some(record)) => Self::open(keys, &record),
        };
        match (mark, fingerprint) {
            (Ok(mark), Some(by)) if mark.sealed_by.contains(&by) => wrong_key(by, keys),
            (Ok(_), _) => report_corrupt(record_place),
            (Err(error), _) => error,
        }
    }

    /// Where the record of this kind and id lies.
    pub(super) fn index(&self) -> Result<KeyMaterial, Error> {
        KeyMaterial::parse(&self.index).map_err(|_| report_corrupt(&place()))
    }

    fn new(random: &Random) -> Self {
        Self {
            index: Secret::from(hex(&random.bytes::<32>())),
            sealed_by: Vec::new(),
        }
    }

    /// Every key that records may be sealed with must be at hand.
    fn check(&self, keys: Option<&Keys>) -> Result<(), Error> {
        let at_hand = |by: &str| keys.map_or(by == NO_KEY, |keys| keys.ids().any(|id| id == by));
        let missing = self.sealed_by.iter().find(|by| !at_hand(by));
        missing.map_or(Ok(()), |by| Err(wrong_key(by.clone(), keys)))
    }

    fn open(keys: Option<&Keys>, record: &Record) -> Result<Self, Error> {
        match envelope::open(keys, &place(), record) {
            Ok(plain) => serde_json::from_slice(plain.json()).map_err(|_| report_corrupt(&place())),
            Err(Closed::Damaged) => Err(report_corrupt(&place())),
            Err(Closed::OtherKey(by)) => Err(wrong_key(by, keys)),
            Err(Closed::OtherFormat) => Err(newer()),
        }
    }

    async fn put(
        &self,
        store: &dyn Store,
        keys: Option<&Keys>,
        expected: Expected,
        random: &Random,
    ) -> Result<bool, Error> {
        let plain = Plaintext::new(b"", |bytes| serde_json::to_writer(bytes, self).is_ok());
        let plain = plain.ok_or_else(missing)?;
        let value = envelope::seal(keys, &place(), NEVER, &plain, random);
        let put = store.put(&place(), value, NEVER, expected).await?;
        Ok(matches!(put, Put::Done(_)))
    }
}

/// Where the mark lies.
pub(crate) fn place() -> Key {
    Key::new(KIND, Sha256::digest(b"fastmcp/1 mark").into())
}

/// The fingerprint of the key that the mark of `store` is sealed with; `None` for a store never
/// opened.
pub(crate) async fn sealed_by(store: &dyn Store) -> Result<Option<String>, Error> {
    let Some(record) = store.get(&place()).await? else {
        return Ok(None);
    };
    match envelope::sealed_with(&record.value) {
        Ok(fingerprint) => Ok(Some(fingerprint.to_owned())),
        Err(Closed::OtherFormat) => Err(newer()),
        Err(_) => Err(report_corrupt(&place())),
    }
}

/// A record that opened, and yet says nothing that can be understood here.
pub(super) fn newer() -> Error {
    Error::unavailable(
        "a record was written by a newer version of this server; give every node that version",
    )
}

fn wrong_key(sealed_with: String, keys: Option<&Keys>) -> Error {
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

fn exposed<S: serde::Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose())
}
