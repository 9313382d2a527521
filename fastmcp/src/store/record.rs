//! The nouns of a store.

use crate::parts::UnixSeconds;

/// Where a record is found: its kind in clear and an id of 32 bytes.
///
/// Ids arrive as MACs, so nothing that a client presents can be read from a key, and no two ids
/// meet whatever characters they are made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The id, then the kind: unique because the id has a fixed length.
    bytes: Vec<u8>,
}

impl Key {
    /// How many bytes an id has.
    const ID: usize = 32;

    /// The key of the record of this kind with this id.
    pub fn new(kind: &str, id: [u8; 32]) -> Self {
        let bytes = [&id[..], kind.as_bytes()].concat();
        Self { bytes }
    }

    /// The key that [`Key::as_bytes`] gave these bytes; `None` if no key did.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let kind = bytes.get(Self::ID..)?;
        std::str::from_utf8(kind).is_ok().then_some(Self { bytes })
    }

    /// The kind of record.
    pub fn kind(&self) -> &str {
        // However it was made, it is text.
        std::str::from_utf8(&self.bytes[Self::ID..]).unwrap_or_default()
    }

    /// The id.
    pub fn id(&self) -> &[u8] {
        &self.bytes[..Self::ID]
    }

    /// Id and kind, as a store may keep and order them.
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

/// Some of the records of a store, and where the next ones are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The records, expired ones among them.
    pub records: Vec<(Key, Record)>,
    /// What to ask for next; `None` at the end.
    pub next: Option<Cursor>,
}

/// Where a walk over a store goes on. What it holds is known to the store that made it alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// A cursor that holds these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What it was made of.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_key_is_made_again_from_its_bytes_and_from_no_others() {
        for kind in ["grant", "", "a:b", "größe\0\n*"] {
            let key = Key::new(kind, [7; 32]);
            let again = Key::from_bytes(key.as_bytes().to_vec()).unwrap();
            assert_eq!((again.kind(), again.id()), (kind, &[7; 32][..]));
            assert_eq!(again, key);
        }
        for foreign in [vec![], vec![7; 31], [vec![7; 32], vec![0xff]].concat()] {
            assert_eq!(Key::from_bytes(foreign), None);
        }
    }
}
