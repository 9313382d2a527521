//! Records as they may come back from a store: genuine to the byte, or not opened.

use super::envelope::{self, Closed, Plaintext};
use crate::keys::Keys;
use crate::parts::Random;
use crate::parts::fuzz::edited;
use crate::store::{Key, Record, Version};

const EXPIRES_AT: u64 = 1_800_000_600;
const ID: &[u8] = b"an id";
const JSON: &[u8] = br#"{"a":1}"#;

/// A byte that chooses, and either a value or changes to a genuine one.
pub fn record(data: &[u8]) {
    let Some((chosen, rest)) = data.split_first() else {
        return;
    };
    let earlier = Keys::from_master([6; 32]);
    let keys = Keys::from_master([7; 32]).with_previous(&earlier);
    let place = Key::new("grant", [1; 32]);
    let by = [None, Some(&keys), Some(&earlier)][usize::from(chosen & 3) % 3];
    if chosen & 4 == 0 {
        arbitrary(by, &place, rest);
    } else {
        changed(&keys, by, &place, rest);
    }
}

/// Nothing opens that no key sealed; in clear, the form decides.
fn arbitrary(by: Option<&Keys>, place: &Key, value: &[u8]) {
    let opened = envelope::open(by, place, &kept(value.to_vec(), EXPIRES_AT));
    let Ok(opened) = opened else {
        return;
    };
    assert!(by.is_none() && value[0] == 0, "{value:?}");
    let length = u32::from_be_bytes([value[1], value[2], value[3], value[4]]);
    let whole = [&length.to_be_bytes(), opened.id(), opened.json()].concat();
    assert_eq!(whole, value[1..]);
    assert_eq!(opened.id().len(), length as usize);
}

/// A genuine record opens where it was put, with its own expiry, unchanged; and never otherwise.
fn changed(keys: &Keys, by: Option<&Keys>, place: &Key, edits: &[u8]) {
    let genuine = sealed(by, place);
    let value = edited(&genuine, edits);
    let is_genuine = value == genuine;
    let reader = by.map(|_| keys);
    match envelope::open(reader, place, &kept(value.clone(), EXPIRES_AT)) {
        Ok(opened) if by.is_some() => {
            assert!(is_genuine, "{value:?}");
            assert_eq!((opened.id(), opened.json()), (ID, JSON));
        }
        Ok(_) => assert_eq!(value[0], 0),
        Err(closed) => {
            assert!(!is_genuine, "{closed:?}");
            let untouched = value.get(..9) == genuine.get(..9);
            assert!(by.is_none() || !untouched || closed == Closed::Damaged);
        }
    }
    let Some(keys) = reader else {
        return;
    };
    let moved = Key::new("grant", [2; 32]);
    let renamed = Key::new("login", [1; 32]);
    for elsewhere in [moved, renamed] {
        let kept = kept(genuine.clone(), EXPIRES_AT);
        assert!(envelope::open(Some(keys), &elsewhere, &kept).is_err());
    }
    let at = edits
        .iter()
        .fold(0, |sum, byte| sum << 1 ^ u64::from(*byte));
    let other_end = kept(genuine.clone(), at);
    let opens = envelope::open(Some(keys), place, &other_end).is_ok();
    assert_eq!(opens, at == EXPIRES_AT);
    assert!(envelope::open(None, place, &kept(genuine, EXPIRES_AT)).is_err());
}

fn sealed(by: Option<&Keys>, place: &Key) -> Vec<u8> {
    let write = |bytes: &mut Vec<u8>| {
        bytes.extend_from_slice(JSON);
        true
    };
    let Some(plain) = Plaintext::new(ID, write) else {
        unreachable!("a short id");
    };
    let random = Random::new(|bytes| bytes.fill(5));
    envelope::seal(by, place, EXPIRES_AT, &plain, &random)
}

fn kept(value: Vec<u8>, expires_at: u64) -> Record {
    Record {
        value,
        version: Version::new(1),
        expires_at,
    }
}
