//! Whether a type is made of parts, so that no one text can be a value of it.
//!
//! A derived `Deserialize` asks first for what it is: a struct for its fields, a list for its
//! elements. So the type is asked to read itself from something that only listens.

use std::fmt;

use serde::de::{self, DeserializeOwned, Deserializer, Visitor};

/// The name of `T`, if it is made of parts.
pub fn made_of_parts<T: DeserializeOwned>() -> Option<String> {
    match T::deserialize(Listening) {
        Err(Heard::Parts) => Some(short(std::any::type_name::<T>())),
        Err(Heard::Other) | Ok(_) => None,
    }
}

/// Each path without what stands before its name: `core::option::Option<app::Query>` is
/// `Option<Query>`.
fn short(name: &str) -> String {
    let is_path = |c: char| c == ':' || c == '_' || c.is_alphanumeric();
    let pieces = name.split_inclusive(|c| !is_path(c));
    pieces
        .map(|piece| piece.rsplit("::").next().unwrap_or(piece))
        .collect()
}

struct Listening;

#[derive(Debug)]
enum Heard {
    Parts,
    Other,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("only listening")
    }
}

impl std::error::Error for Heard {}

impl de::Error for Heard {
    fn custom<T: fmt::Display>(_text: T) -> Self {
        Self::Other
    }
}

impl<'de> Deserializer<'de> for Listening {
    type Error = Heard;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Heard> {
        Err(Heard::Other)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Heard> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Heard> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Heard> {
        Err(Heard::Parts)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Heard> {
        Err(Heard::Parts)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _parts: usize,
        _visitor: V,
    ) -> Result<V::Value, Heard> {
        Err(Heard::Parts)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _parts: usize,
        _visitor: V,
    ) -> Result<V::Value, Heard> {
        Err(Heard::Parts)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Heard> {
        Err(Heard::Parts)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "never read")]
    struct Query {
        text: String,
        most: u32,
    }

    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Isbn;

    impl TryFrom<String> for Isbn {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            Err(text)
        }
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "never read")]
    struct Id(u32);

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "never read")]
    struct Pair(u32, u32);

    #[derive(Deserialize)]
    enum Language {
        Rust,
    }

    #[test]
    fn only_what_has_parts_is_made_of_them() {
        let found = [
            made_of_parts::<Query>(),
            made_of_parts::<Pair>(),
            made_of_parts::<Option<Query>>(),
            made_of_parts::<Vec<String>>(),
            made_of_parts::<(u8, u8)>(),
        ];
        let names = ["Query", "Pair", "Option<Query>", "Vec<String>", "(u8, u8)"];
        assert_eq!(found, names.map(|name| Some(name.to_owned())));
        assert_eq!(made_of_parts::<Isbn>(), None);
        assert_eq!(made_of_parts::<Id>(), None);
        assert_eq!(made_of_parts::<Language>(), None);
        assert_eq!(made_of_parts::<Option<String>>(), None);
        assert_eq!(made_of_parts::<serde_json::Value>(), None);
        let _ = Language::Rust;
    }
}
