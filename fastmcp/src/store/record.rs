//! The nouns of a store.

use crate::parts::UnixSeconds;

/// Where a record is found: its kind in clear and an id of 32 bytes.
///
/// Ids arrive as MACs, so nothing that a client presents can be read from a key, and no two ids
/// meet whatever characters they are made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    kind: &'static str,
    bytes: Vec<u8>,
}

impl Key {
    /// The key of the record of this kind with this id.
    pub fn new(kind: &'static str, id: [u8; 32]) -> Self {
        let bytes = [&id[..], kind.as_bytes()].concat();
        Self { kind, bytes }
    }

    /// The kind of record.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The id, then the kind: unique because the id has a fixed length.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The version of one value of a record. No two values of a key ever share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(u64);

impl Version {
    /// The version with this number.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What is stored under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The bytes.
    pub value: Vec<u8>,
    /// Changes with every write.
    pub version: Version,
    /// From this second on the record counts as gone.
    pub expires_at: UnixSeconds,
}

/// What a writer believes to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No record at all, not even an expired one.
    Absent,
    /// The record with this version.
    Version(Version),
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Written; this is the new version.
    Done(Version),
    /// Something else was there; nothing changed.
    Conflict,
}
