//! Encryption above every store: what lies in a backend is unreadable, and each record opens only
//! where it was put.
//!
//! | file | holds |
//! |---|---|
//! | `envelope.rs` | one record's bytes: the format, what is authenticated with them |
//! | `mark.rs` | the store's mark: its index key, and which keys its records are sealed with |
//! | `marker.rs` | where the mark lies, and how it is read and changed |
//! | `walk.rs` | all records, one after another: to list, to check, to seal anew |
//!
//! A record lies under a MAC of its kind and id. Reading it has four outcomes: the value; nothing
//! (absent or expired); [`Error::Corrupt`] with an audit line `storage_integrity`, and the record
//! is left where it is, for inspection; or another error where it is not the record's fault: the
//! store is away, or other servers write with a key or in a form that this one does not know. Only
//! `Corrupt` may be taken for absence.
//!
//! Not covered: an attacker who restores an *older* value of the same record; only its expiry
//! bounds that.

mod envelope;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(crate) mod fuzz;
mod mark;
mod marker;
mod walk;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use self::envelope::Plaintext;
use self::mark::Mark;
#[cfg(feature = "admin")]
pub(super) use self::marker::places as mark_places;
use self::marker::{Marker, Reader};
pub(super) use self::marker::{all_at_hand, sealed_by};
pub use self::walk::{Found, Opened, Progress, Step};
use super::measured::Measured;
use super::{Error, Expected, Key, Put, Store, Version};
use crate::audit::{self, AuditEvent};
use crate::keys::{KeyMaterial, Keys, mac};
use crate::parts::{Parts, UnixSeconds};

/// Typed, sealed records over any [`Store`]. Cheap to clone.
#[derive(Clone)]
pub struct Sealed {
    store: Arc<dyn Store>,
    keys: Option<Keys>,
    index: KeyMaterial,
    parts: Parts,
    /// Others seal with keys that this one does not have: it must not write.
    left_behind: Arc<AtomicBool>,
}

/// A record that has not expired, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live<T> {
    /// What it says.
    pub value: T,
    /// To be expected by the next write.
    pub version: Version,
    /// From this second on it is gone.
    pub expires_at: UnixSeconds,
}

impl Sealed {
    /// Opens `store` with `keys`: looks for its mark, or leaves one in a store without.
    ///
    /// # Errors
    /// [`Error::WrongKey`] if data was sealed with a key that is neither the current one nor a
    /// previous one, or not at all; nothing has been changed then. [`Error::Unavailable`] or
    /// [`Error::Corrupt`] otherwise.
    pub async fn open(store: Arc<dyn Store>, keys: &Keys, parts: Parts) -> Result<Self, Error> {
        Self::marked(store, Some(keys.clone()), parts).await
    }

    /// Opens `store` without encryption: for development only. Everybody who can read the store
    /// can read every token in it.
    ///
    /// # Errors
    /// As [`Sealed::open`]: a sealed store is not opened as a plain one.
    pub async fn plain(store: Arc<dyn Store>, parts: Parts) -> Result<Self, Error> {
        tracing::warn!("records are stored WITHOUT encryption; this is for development only");
        Self::marked(store, None, parts).await
    }

    async fn marked(
        store: Arc<dyn Store>,
        keys: Option<Keys>,
        parts: Parts,
    ) -> Result<Self, Error> {
        let marker = Marker {
            reader: Reader {
                store: &*store,
                keys: keys.as_ref(),
            },
            parts: &parts,
        };
        let mark = Mark::of(&marker).await.inspect_err(|error| {
            if matches!(error, Error::WrongKey { .. }) {
                parts.tell(AuditEvent::KeyMismatch);
            }
        });
        let index = mark?.index()?;
        Ok(Self::new(store, keys, index, parts))
    }

    /// Opens a store that was opened before, and changes nothing in it: other servers do not take
    /// notice. `None` if it never was.
    ///
    /// # Errors
    /// As [`Sealed::open`].
    pub async fn attach(
        store: Arc<dyn Store>,
        keys: &Keys,
        parts: Parts,
    ) -> Result<Option<Self>, Error> {
        let reader = Reader {
            store: &*store,
            keys: Some(keys),
        };
        let Some(mark) = Mark::existing(reader).await? else {
            return Ok(None);
        };
        let index = mark.index()?;
        Ok(Some(Self::new(store, Some(keys.clone()), index, parts)))
    }

    fn new(store: Arc<dyn Store>, keys: Option<Keys>, index: KeyMaterial, parts: Parts) -> Self {
        Self {
            store: Arc::new(Measured::new(store)),
            keys,
            index,
            parts,
            left_behind: Arc::default(),
        }
    }

    fn marker(&self) -> Marker<'_> {
        Marker {
            reader: self.reader(),
            parts: &self.parts,
        }
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            store: &*self.store,
            keys: self.keys.as_ref(),
        }
    }

    /// Whether other servers have exchanged the key and this one does not have the new one: what it
    /// does not know may be good elsewhere. Found out by [`Sealed::wants_sealing_anew`].
    pub fn is_left_behind(&self) -> bool {
        self.left_behind.load(Ordering::Relaxed)
    }

    /// The live record of this kind and id.
    ///
    /// # Errors
    /// The store is unavailable, or the record does not open (which is also logged).
    pub async fn get<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        id: &[u8],
    ) -> Result<Option<Live<T>>, Error> {
        let place = self.place(kind, id);
        let Some(record) = self.store.get(&place).await? else {
            return Ok(None);
        };
        if record.expires_at <= self.parts.clock.now() {
            return Ok(None);
        }
        let keys = self.keys.as_ref();
        let plain = match envelope::open(keys, &place, &record) {
            Ok(plain) if plain.id() == id => plain,
            refused => {
                let error = match refused {
                    Ok(_) => marker::report_corrupt(&place),
                    Err(closed) => self.reader().explain(&place, closed).await,
                };
                // One request may read it several times, for its standing and for what it changes.
                if matches!(error, Error::Corrupt) && audit::is_news(place.as_bytes()) {
                    self.parts.tell(AuditEvent::StorageDamaged { kind });
                }
                return Err(error);
            }
        };
        // It is genuine: what cannot be read was not damaged, but written by a newer version.
        let value = serde_json::from_slice(plain.json()).map_err(|_| marker::newer())?;
        Ok(Some(Live {
            value,
            version: record.version,
            expires_at: record.expires_at,
        }))
    }

    /// Writes `value` if the record is as `expected`; an expired leftover counts as absent.
    ///
    /// # Errors
    /// The store is unavailable.
    pub async fn put<T: Serialize>(
        &self,
        kind: &'static str,
        id: &[u8],
        value: &T,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> Result<Put, Error> {
        if self.is_left_behind() {
            return Err(left_behind());
        }
        let key = self.place(kind, id);
        let plain = Plaintext::new(id, |bytes| serde_json::to_writer(bytes, value).is_ok());
        let plain =
            plain.ok_or_else(|| Error::unavailable("a record of this kind cannot be written"))?;
        let random = &self.parts.random;
        let sealed = envelope::seal(self.keys.as_ref(), &key, expires_at, &plain, random);
        let put = self
            .store
            .put(&key, sealed.clone(), expires_at, expected)
            .await?;
        if put != Put::Conflict || expected != Expected::Absent {
            return Ok(put);
        }
        // What is in the way may be waiting for the sweep: replace that very version, or, if the
        // sweep came first, try again.
        let expected = match self.store.get(&key).await? {
            Some(record) if record.expires_at > self.parts.clock.now() => return Ok(put),
            Some(record) => Expected::Version(record.version),
            None => Expected::Absent,
        };
        self.store.put(&key, sealed, expires_at, expected).await
    }

    /// Removes the record if it still has this version; tells whether it did.
    ///
    /// # Errors
    /// The store is unavailable.
    pub async fn delete(
        &self,
        kind: &'static str,
        id: &[u8],
        version: Version,
    ) -> Result<bool, Error> {
        self.store.delete(&self.place(kind, id), version).await
    }

    /// Removes up to `limit` expired records; tells how many.
    ///
    /// # Errors
    /// The store is unavailable.
    pub async fn sweep(&self, limit: usize) -> Result<usize, Error> {
        self.store.sweep(self.parts.clock.now(), limit).await
    }

    /// The store below.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Where the record of this kind and id lies.
    fn place(&self, kind: &'static str, id: &[u8]) -> Key {
        Key::new(kind, mac(&self.index, &[kind.as_bytes(), id]))
    }
}

fn left_behind() -> Error {
    Error::unavailable(
        "other servers seal with a key that this one does not have; give it the current secret",
    )
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
