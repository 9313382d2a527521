//! A value that is sent as text: a variable of a URI, an argument of a prompt.
//!
//! The type says what the text must be: numbers and booleans are read from it, enums are chosen by
//! it, and anything made of parts is refused.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserializer, IntoDeserializer as _, Visitor};

/// Reads a value from one text.
pub(super) struct FromText<'a>(pub(super) &'a str);

/// The text is no such value; the words are for the client.
#[derive(Debug)]
pub(super) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(text.to_string())
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $what:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Unreadable(concat!("expected ", $what).to_owned())),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for FromText<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_borrowed_str(self.0)
    }

    parsed! {
        deserialize_bool visit_bool "`true` or `false`",
        deserialize_i8 visit_i8 "a whole number from -128 to 127",
        deserialize_i16 visit_i16 "a whole number from -32768 to 32767",
        deserialize_i32 visit_i32 "a whole number of 32 bits",
        deserialize_i64 visit_i64 "a whole number of 64 bits",
        deserialize_i128 visit_i128 "a whole number",
        deserialize_u8 visit_u8 "a whole number from 0 to 255",
        deserialize_u16 visit_u16 "a whole number from 0 to 65535",
        deserialize_u32 visit_u32 "a whole number of 32 bits, not negative",
        deserialize_u64 visit_u64 "a whole number of 64 bits, not negative",
        deserialize_u128 visit_u128 "a whole number, not negative",
        deserialize_f32 visit_f32 "a number",
        deserialize_f64 visit_f64 "a number",
        deserialize_char visit_char "one character",
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let variant: StrDeserializer<'de, Unreadable> = self.0.into_deserializer();
        visitor.visit_enum(variant)
    }

    serde::forward_to_deserialize_any! {
        str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::FromText;

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        T::deserialize(FromText(text)).map_err(|error| error.to_string())
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Colour {
        DarkRed,
        Blue,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Id(u32);

    #[test]
    fn the_type_says_what_the_text_must_be() {
        assert_eq!(read("7"), Ok(7_u8));
        assert_eq!(read("7"), Ok("7".to_owned()));
        assert_eq!(read("7"), Ok(Some(7_i64)));
        assert_eq!(read("7"), Ok(Id(7)));
        assert_eq!(read("true"), Ok(true));
        assert_eq!(read("-1.5"), Ok(-1.5_f64));
        assert_eq!(read("ß"), Ok('ß'));
        assert_eq!(read("dark-red"), Ok(Colour::DarkRed));
        assert_eq!(read(""), Ok(Some(String::new())));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(
            read::<u8>("256").unwrap_err(),
            "expected a whole number from 0 to 255"
        );
        assert_eq!(
            read::<bool>("yes").unwrap_err(),
            "expected `true` or `false`"
        );
        assert_eq!(
            read::<Colour>("green").unwrap_err(),
            "unknown variant `green`, expected `dark-red` or `blue`"
        );
        assert!(read::<Vec<u8>>("1,2").is_err());
        assert!(read::<Id>("x").is_err());
    }
}
