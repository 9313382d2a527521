//! What several targets of the fuzzer need.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// `genuine` after `edits`, four bytes each: what to do, where (two bytes), and a value.
///
/// Cut short, lengthened, bytes exchanged, left out, put in or repeated: whatever comes of it may
/// also be `genuine` again.
pub(crate) fn edited(genuine: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = genuine.to_vec();
    for edit in edits.chunks_exact(4).take(16) {
        let at = usize::from(u16::from_be_bytes([edit[1], edit[2]]));
        let value = edit[3];
        if bytes.is_empty() {
            bytes.push(value);
            continue;
        }
        let at = at % bytes.len();
        match edit[0] % 6 {
            0 => bytes[at] ^= value,
            1 => bytes[at] = value,
            2 => bytes.insert(at, value),
            3 => drop(bytes.remove(at)),
            4 => bytes.truncate(at),
            _ => bytes.push(value),
        }
    }
    bytes
}

/// Whether no object in `json` has two members of one name.
pub(crate) fn is_unambiguous(json: &[u8]) -> bool {
    serde_json::from_slice::<Names>(json).is_ok_and(|Names(unique)| unique)
}

struct Names(bool);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(See)
    }
}

struct See;

macro_rules! plain {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Names, E> {
            Ok(Names(true))
        })*
    };
}

impl<'de> Visitor<'de> for See {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    plain!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E>(self) -> Result<Names, E> {
        Ok(Names(true))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Names, A::Error> {
        let mut unique = true;
        while let Some(Names(inside)) = items.next_element()? {
            unique &= inside;
        }
        Ok(Names(unique))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Names, A::Error> {
        let (mut names, mut count, mut unique) = (BTreeSet::new(), 0, true);
        while let Some((name, Names(inside))) = entries.next_entry::<String, Names>()? {
            names.insert(name);
            count += 1;
            unique &= inside;
        }
        Ok(Names(unique && names.len() == count))
    }
}
