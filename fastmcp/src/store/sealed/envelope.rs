//! One record's bytes: sealed for its place, or in clear.
//!
//! ```text
//! format (1) ‖ key fingerprint (8) ‖ salt (16) ‖ nonce (12) ‖ ciphertext and tag     format 1
//! format (1) ‖ plaintext                                                              format 0
//! plaintext = length of the id (4) ‖ id ‖ JSON
//! ```
//!
//! AES-256-GCM under a key of its own for each write: HKDF from the storage key, the random salt
//! and the record's place, which is its key in the store. Authenticated with it are format,
//! fingerprint, place and expiry. So a record that was swapped, renamed, changed, cut short or
//! given more time does not open, and one that opens says what it is even to a reader who walks
//! through the store and knows no ids.

use zeroize::Zeroizing;

use super::super::{Key, Record};
use crate::keys::{Keys, Purpose, framed, open_with, seal_with};
use crate::parts::{Random, UnixSeconds};

/// Format of a value that is stored in clear.
const CLEAR: u8 = 0;
/// Format of a sealed value, and the highest that is known.
const SEALED: u8 = 1;
/// Length of a key's fingerprint.
const FINGERPRINT: usize = 8;

/// The fingerprint of no key, for values in clear.
pub(super) const NO_KEY: &str = "none";

/// Id and JSON of one record, wiped on drop.
pub(super) struct Plaintext(Zeroizing<Vec<u8>>);

/// Why a record does not open.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// Changed, moved, or cut short.
    Damaged,
    /// It names a key that is not at hand; [`NO_KEY`] if it is in clear.
    OtherKey(String),
    /// Its format is none that is known here.
    OtherFormat,
}

impl Plaintext {
    pub(super) fn new(id: &[u8], write: impl FnOnce(&mut Vec<u8>) -> bool) -> Option<Self> {
        // Most records fit, so that growing seldom leaves a copy of the plaintext behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        bytes.extend_from_slice(&u32::try_from(id.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(id);
        write(&mut bytes).then_some(Self(bytes))
    }

    fn read(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        (length <= rest.len()).then_some(Self(bytes))
    }

    pub(super) fn id(&self) -> &[u8] {
        self.split().0
    }

    pub(super) fn json(&self) -> &[u8] {
        self.split().1
    }

    fn split(&self) -> (&[u8], &[u8]) {
        let Some((length, rest)) = self.0.split_first_chunk::<4>() else {
            return (&[], &[]);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        rest.split_at(length.min(rest.len()))
    }
}

/// The value to store at `place`; in clear where there are no keys.
pub(super) fn seal(
    keys: Option<&Keys>,
    place: &Key,
    expires_at: UnixSeconds,
    plaintext: &Plaintext,
    random: &Random,
) -> Vec<u8> {
    let Some(keys) = keys else {
        return [&[CLEAR], &plaintext.0[..]].concat();
    };
    let header = [&[SEALED], keys.id().as_bytes()].concat();
    let aad = aad(&header, place, expires_at);
    let key = keys.key(Purpose::Storage);
    let body = seal_with(key, &context(place), &aad, &plaintext.0, random);
    [header, body].concat()
}

/// What was sealed for `place`, by any key of the ring.
pub(super) fn open(keys: Option<&Keys>, place: &Key, record: &Record) -> Result<Plaintext, Closed> {
    let fingerprint = sealed_with(&record.value)?;
    let Some(keys) = keys else {
        return match record.value.strip_prefix(&[CLEAR]) {
            Some(plain) => Plaintext::read(Zeroizing::new(plain.to_vec())).ok_or(Closed::Damaged),
            None => Err(Closed::OtherKey(fingerprint.to_owned())),
        };
    };
    let key = keys
        .storage_key(fingerprint)
        .ok_or_else(|| Closed::OtherKey(fingerprint.to_owned()))?;
    let (header, body) = record.value.split_at(1 + FINGERPRINT);
    let aad = aad(header, place, record.expires_at);
    open_with(key, &context(place), &aad, body)
        .and_then(Plaintext::read)
        .ok_or(Closed::Damaged)
}

/// The fingerprint in a value's header; [`NO_KEY`] for a value in clear.
pub(super) fn sealed_with(value: &[u8]) -> Result<&str, Closed> {
    match value.split_first().ok_or(Closed::Damaged)? {
        (&CLEAR, _) => Ok(NO_KEY),
        (&SEALED, rest) => rest
            .get(..FINGERPRINT)
            .and_then(|fingerprint| std::str::from_utf8(fingerprint).ok())
            .filter(|fingerprint| fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .ok_or(Closed::Damaged),
        _ => Err(Closed::OtherFormat),
    }
}

fn context(place: &Key) -> Vec<u8> {
    framed(&[b"record", place.as_bytes()])
}

fn aad(header: &[u8], place: &Key, expires_at: UnixSeconds) -> Vec<u8> {
    framed(&[header, place.as_bytes(), &expires_at.to_be_bytes()])
}
