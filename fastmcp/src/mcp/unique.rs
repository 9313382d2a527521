//! JSON in which no object holds a key twice.
//!
//! `serde_json` keeps the last of two equal keys, other readers the first. A gateway that judges
//! one and a tool that acts on the other is an old trick, so such text is refused.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use smallvec::SmallVec;

/// A key that an object holds twice.
const REPEATED: &str = "a key stands twice in one object";
/// Up to this many keys are compared one by one, which beats hashing.
const FEW: usize = 16;

/// Text that borrows unless it has escapes.
#[derive(Debug)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

/// The keys of one object so far.
#[derive(Default)]
pub(crate) struct KeySet<'a> {
    few: SmallVec<[Cow<'a, str>; 4]>,
    many: HashSet<Cow<'a, str>>,
}

/// Reads any value, keeps nothing, and fails on a repeated key.
pub(crate) struct Unique;

impl<'a> KeySet<'a> {
    /// Adds a key; fails if it is there already.
    pub(crate) fn insert(&mut self, key: Text<'a>) -> Result<(), &'static str> {
        if self.few.contains(&key.0) {
            return Err(REPEATED);
        }
        if self.few.len() < FEW {
            self.few.push(key.0);
            return Ok(());
        }
        if self.many.insert(key.0) {
            return Ok(());
        }
        Err(REPEATED)
    }
}

/// Sets what a key of a known name says; fails if that was said before.
pub(crate) fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), &'static str> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(REPEATED),
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct See;
        impl<'de> Visitor<'de> for See {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(See)
    }
}

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
        while items.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut keys = KeySet::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            keys.insert(key).map_err(A::Error::custom)?;
            map.next_value::<Unique>()?;
        }
        Ok(Unique)
    }
}
