//! Encryption above every store: what lies in a backend is unreadable, and each record opens only
//! where it was put.
//!
//! A sealed value is: format (1 byte) ‖ key fingerprint (4) ‖ salt ‖ nonce ‖ ciphertext and tag.
//! AES-256-GCM under a key of its own per write (HKDF from the storage key, the random salt, kind
//! and id); authenticated with it are format, fingerprint, kind, id and expiry. So a record that
//! was swapped, renamed, changed, cut short or given more time does not open. Its key in the store
//! is a MAC of kind and id.
//!
//! Reading has three outcomes: the value, nothing (absent or expired), or [`Error::Corrupt`] with
//! an audit line `storage_integrity`; a corrupt record is left where it is, for inspection.
//!
//! A sealed canary under a fixed key says at start whether this is the right key, before anything
//! is written. Not covered: an attacker who restores an *older* value of the same record; only its
//! expiry bounds that.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{Error, Expected, Key, NEVER, Put, Record, Store, Version};
use crate::keys::{Keys, Purpose, framed, hex, open_with, seal_with};
use crate::parts::{Parts, UnixSeconds};

/// Format of a value that is stored in clear.
const PLAIN: u8 = 0;
/// Format of a sealed value.
const SEALED: u8 = 1;
const FINGERPRINT: usize = 8;
const CANARY: &str = "canary";

/// Typed, sealed records over any [`Store`]. Cheap to clone.
#[derive(Clone)]
pub struct Sealed {
    store: Arc<dyn Store>,
    keys: Option<Keys>,
    parts: Parts,
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
    /// Opens `store` with `keys`: looks for the canary, or leaves one in a store without.
    ///
    /// # Errors
    /// [`Error::WrongKey`] if the data was sealed with another key, or not at all; nothing has
    /// been changed then. [`Error::Unavailable`] or [`Error::Corrupt`] otherwise.
    pub async fn open(store: Arc<dyn Store>, keys: &Keys, parts: Parts) -> Result<Self, Error> {
        let sealed = Self {
            store,
            keys: Some(keys.clone()),
            parts,
        };
        sealed.check_canary().await?;
        Ok(sealed)
    }

    /// Opens `store` without encryption: for development only. Everybody who can read the store
    /// can read every token in it.
    ///
    /// # Errors
    /// As [`Sealed::open`]: a sealed store is not opened as a plain one.
    pub async fn plain(store: Arc<dyn Store>, parts: Parts) -> Result<Self, Error> {
        tracing::warn!("records are stored WITHOUT encryption; this is for development only");
        let plain = Self {
            store,
            keys: None,
            parts,
        };
        plain.check_canary().await?;
        Ok(plain)
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
        let key = self.key(kind, id);
        let Some(record) = self.store.get(&key).await? else {
            return Ok(None);
        };
        if record.expires_at <= self.parts.clock.now() {
            return Ok(None);
        }
        let opened = self.unseal(kind, id, &record);
        let value = opened.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let Record {
            version,
            expires_at,
            ..
        } = record;
        match value {
            Some(value) => Ok(Some(Live {
                value,
                version,
                expires_at,
            })),
            None => Err(report_corrupt(&key)),
        }
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
        let key = self.key(kind, id);
        let sealed = self.seal(kind, id, expires_at, &to_json(value)?);
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
        self.store.delete(&self.key(kind, id), version).await
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

    fn key(&self, kind: &'static str, id: &[u8]) -> Key {
        let parts = [kind.as_bytes(), id];
        Key::new(
            kind,
            match &self.keys {
                Some(keys) => keys.mac(Purpose::Storage, &[b"id", parts[0], parts[1]]),
                None => Sha256::digest(framed(&parts)).into(),
            },
        )
    }

    fn seal(&self, kind: &str, id: &[u8], expires_at: UnixSeconds, plain: &[u8]) -> Vec<u8> {
        let Some(keys) = &self.keys else {
            return [&[PLAIN], plain].concat();
        };
        let (context, header) = (context(kind, id), header(keys));
        let aad = aad(&header, &context, expires_at);
        let key = keys.key(Purpose::Storage);
        let body = seal_with(key, &context, &aad, plain, &self.parts.random);
        [header, body].concat()
    }

    fn unseal(&self, kind: &str, id: &[u8], record: &Record) -> Option<Zeroizing<Vec<u8>>> {
        let Some(keys) = &self.keys else {
            return record
                .value
                .strip_prefix(&[PLAIN])
                .map(|plain| Zeroizing::new(plain.to_vec()));
        };
        let (context, header) = (context(kind, id), header(keys));
        let body = record.value.strip_prefix(header.as_slice())?;
        let aad = aad(&header, &context, record.expires_at);
        open_with(keys.key(Purpose::Storage), &context, &aad, body)
    }

    /// The canary lies under a key that depends on no secret: any server finds it.
    async fn check_canary(&self) -> Result<(), Error> {
        let key = canary_key();
        let given = self.keys.as_ref().map_or("none", |keys| keys.id());
        // Of several servers that start together one writes; the others then read what it wrote.
        for _ in 0..3 {
            let Some(record) = self.store.get(&key).await? else {
                let sealed = self.seal(CANARY, b"", NEVER, given.as_bytes());
                match self
                    .store
                    .put(&key, sealed, NEVER, Expected::Absent)
                    .await?
                {
                    Put::Done(_) => return Ok(()),
                    Put::Conflict => continue,
                }
            };
            let sealed_with = sealed_with(&record.value).ok_or_else(|| report_corrupt(&key))?;
            if sealed_with != given {
                return Err(Error::WrongKey {
                    sealed_with,
                    given: given.to_owned(),
                });
            }
            let opened = self.unseal(CANARY, b"", &record);
            return opened.map(|_| ()).ok_or_else(|| report_corrupt(&key));
        }
        Err(Error::unavailable(
            "the canary record changes under our hands",
        ))
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

fn canary_key() -> Key {
    Key::new(CANARY, Sha256::digest(b"fastmcp/1 canary").into())
}

/// The fingerprint of the key that this store is sealed with; `None` for a store never opened.
pub(super) async fn sealed_by(store: &dyn Store) -> Result<Option<String>, Error> {
    let key = canary_key();
    let Some(record) = store.get(&key).await? else {
        return Ok(None);
    };
    let fingerprint = sealed_with(&record.value);
    fingerprint.map(Some).ok_or_else(|| report_corrupt(&key))
}

fn header(keys: &Keys) -> Vec<u8> {
    [&[SEALED], keys.id().as_bytes()].concat()
}

/// The fingerprint in a value's header; `none` for a plain value.
fn sealed_with(value: &[u8]) -> Option<String> {
    match value.split_first()? {
        (&PLAIN, _) => Some("none".to_owned()),
        (&SEALED, rest) => {
            let fingerprint = rest.get(..FINGERPRINT)?;
            let hexadecimal = fingerprint.iter().all(u8::is_ascii_hexdigit);
            hexadecimal.then(|| String::from_utf8_lossy(fingerprint).into_owned())
        }
        _ => None,
    }
}

fn context(kind: &str, id: &[u8]) -> Vec<u8> {
    framed(&[b"record", kind.as_bytes(), id])
}

fn aad(header: &[u8], context: &[u8], expires_at: UnixSeconds) -> Vec<u8> {
    framed(&[header, context, &expires_at.to_be_bytes()])
}

fn to_json<T: Serialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Most records fit, so that growing seldom leaves a copy of the plaintext behind.
    let mut json = Zeroizing::new(Vec::with_capacity(4096));
    serde_json::to_writer(&mut *json, value)
        .map_err(|_| Error::unavailable("a record of this kind cannot be written"))?;
    Ok(json)
}

/// Says which record, by the beginning of its key, which is a MAC and tells nothing.
fn report_corrupt(key: &Key) -> Error {
    let record = hex(&key.as_bytes()[..4]);
    tracing::error!(
        event = "storage_integrity",
        kind = key.kind(),
        record,
        "a stored record does not open: changed, moved or cut short; it was left in place"
    );
    Error::Corrupt
}

#[cfg(test)]
#[path = "sealed_tests.rs"]
mod tests;
