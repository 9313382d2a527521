//! How a record lies in a Redis string: version and expiry, eight bytes each, then the value.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::{Key, Record, Version};
use crate::parts::UnixSeconds;

const WORD: usize = 8;
/// Bytes before the value.
pub(super) const HEADER: usize = 2 * WORD;

/// The name under which Redis knows a record: `<namespace>:<kind>:<id>`.
pub(super) fn name(namespace: &str, key: &Key) -> String {
    let id = URL_SAFE_NO_PAD.encode(key.id());
    format!("{namespace}:{}:{id}", key.kind())
}

/// The key of the record with this name; `None` if the name is not one of ours.
pub(super) fn key(namespace: &str, name: &[u8]) -> Option<Key> {
    let name = std::str::from_utf8(name).ok()?;
    let (kind, id) = name
        .strip_prefix(namespace)?
        .strip_prefix(':')?
        .rsplit_once(':')?;
    let id = URL_SAFE_NO_PAD.decode(id).ok()?;
    Some(Key::new(kind, id.try_into().ok()?))
}

/// A version as the scripts compare it.
pub(super) fn version_bytes(version: Version) -> [u8; WORD] {
    version.number().to_be_bytes()
}

pub(super) fn encode(version: Version, expires_at: UnixSeconds, value: &[u8]) -> Vec<u8> {
    [
        &version_bytes(version),
        &expires_at.to_be_bytes()[..],
        value,
    ]
    .concat()
}

/// Version and expiry at the beginning of a stored string, and what follows; `None` if it was not
/// written by us.
pub(super) fn header(bytes: &[u8]) -> Option<(Version, UnixSeconds, &[u8])> {
    let (version, rest) = bytes.split_first_chunk()?;
    let (expires_at, value) = rest.split_first_chunk()?;
    let version = Version::new(u64::from_be_bytes(*version));
    Some((version, u64::from_be_bytes(*expires_at), value))
}

pub(super) fn decode(bytes: &[u8]) -> Option<Record> {
    let (version, expires_at, value) = header(bytes)?;
    Some(Record {
        value: value.to_vec(),
        version,
        expires_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded_and_a_stump_is_not() {
        let version = Version::new(u64::MAX - 7);
        let bytes = encode(version, 4_000_000_000, &[0, 255]);
        let record = Record {
            value: vec![0, 255],
            version,
            expires_at: 4_000_000_000,
        };
        assert_eq!(decode(&bytes), Some(record));
        assert_eq!(decode(&bytes[..HEADER - 1]), None);
    }

    #[test]
    fn a_name_says_the_kind_and_no_two_keys_share_one() {
        let one = name("fastmcp", &Key::new("grant", [1; 32]));
        assert_eq!(
            one,
            format!("fastmcp:grant:{}", URL_SAFE_NO_PAD.encode([1; 32]))
        );
        assert_ne!(one, name("fastmcp", &Key::new("grant2", [1; 32])));
        assert_ne!(one, name("other", &Key::new("grant", [1; 32])));
    }

    #[test]
    fn a_key_is_read_from_its_name_and_from_no_other() {
        for kind in ["grant", "", "a:b", "größe *"] {
            let original = Key::new(kind, [0xfe; 32]);
            let name = name("fastmcp", &original);
            assert_eq!(key("fastmcp", name.as_bytes()), Some(original));
            assert_eq!(key("fast", name.as_bytes()), None);
            assert_eq!(key("fastmcp", &name.as_bytes()[..name.len() - 1]), None);
        }
        for foreign in [&b"fastmcp:grant"[..], b"fastmcp:\xff:", b"", b"fastmcp"] {
            assert_eq!(key("fastmcp", foreign), None);
        }
    }
}
