//! Owned parameters: decoding, in two steps.
//!
//! [`Slots`] reads the arguments object once, borrowed, one slot a parameter, and refuses a name
//! that the signature does not have and a name that comes twice. Then each slot is decoded as its
//! type. A slot that is empty is decoded from [`Missing`], which only an optional type accepts:
//! whether an argument may be left out is asked of the type.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::text::FromText;

/// The arguments did not fit the signature. The text is for the client, which may be a model that
/// corrects itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArguments(pub String);

impl fmt::Display for InvalidArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidArguments {}

/// The raw arguments of a call, one slot a parameter.
#[derive(Debug)]
pub struct Slots<'a, const N: usize> {
    names: &'static [&'static str; N],
    values: [Option<&'a RawValue>; N],
}

impl<'a, const N: usize> Slots<'a, N> {
    /// Reads the arguments object; none at all is an empty one.
    ///
    /// # Errors
    /// Not an object, an unknown name, or a name that comes twice.
    pub fn read(
        arguments: Option<&'a str>,
        names: &'static [&'static str; N],
    ) -> Result<Self, InvalidArguments> {
        let Some(text) = arguments else {
            let values = [None; N];
            return Ok(Self { names, values });
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = deserializer
            .deserialize_map(Filling { names })
            .and_then(|values| deserializer.end().map(|()| values));
        match read {
            Ok(values) => Ok(Self { names, values }),
            Err(error) => Err(InvalidArguments(place_removed(&error))),
        }
    }

    /// Whether the client left out the argument at `index`.
    pub fn is_missing(&self, index: usize) -> bool {
        self.values.get(index).is_none_or(Option::is_none)
    }

    /// The argument at `index` as `T`.
    ///
    /// # Errors
    /// The value does not fit `T`; the text names the path to the part that does not.
    pub fn decode<T: DeserializeOwned>(&self, index: usize) -> Result<T, InvalidArguments> {
        let name = self.names.get(index).copied().unwrap_or_default();
        let Some(raw) = self.values.get(index).copied().flatten() else {
            return T::deserialize(Missing)
                .map_err(|Absence| InvalidArguments(format!("argument `{name}` is missing")));
        };
        serde_json::from_str(raw.get()).map_err(|_| misfit::<T>(name, raw))
    }

    /// The argument at `index`, which is sent as text, as `T`: `"7"` is a number where `T` is one.
    ///
    /// # Errors
    /// No text was sent, or it does not fit `T`.
    pub fn decode_text<T: DeserializeOwned>(&self, index: usize) -> Result<T, InvalidArguments> {
        let name = self.names.get(index).copied().unwrap_or_default();
        let raw = self.values.get(index).copied().flatten();
        let Some(raw) = raw.filter(|raw| raw.get() != "null") else {
            return T::deserialize(Missing)
                .map_err(|Absence| InvalidArguments(format!("argument `{name}` is missing")));
        };
        let text: Text<'_> = serde_json::from_str(raw.get())
            .map_err(|_| InvalidArguments(format!("argument `{name}` must be a string")))?;
        T::deserialize(FromText(&text.0))
            .map_err(|error| InvalidArguments(format!("argument `{name}`: {error}")))
    }
}

/// What is wrong with `raw` as a `T`, and where: the slow second look, taken only for the words.
fn misfit<T: DeserializeOwned>(name: &str, raw: &RawValue) -> InvalidArguments {
    let mut deserializer = serde_json::Deserializer::from_str(raw.get());
    let found: Result<T, _> = serde_path_to_error::deserialize(&mut deserializer);
    let Err(error) = found else {
        return InvalidArguments(format!("argument `{name}` does not fit"));
    };
    let inside = error.path().to_string();
    let path = match inside.as_str() {
        "." => name.to_owned(),
        index if index.starts_with('[') => format!("{name}{index}"),
        inside => format!("{name}.{inside}"),
    };
    let reason = place_removed(error.inner());
    InvalidArguments(format!("argument `{path}`: {reason}"))
}

/// The text without serde's line and column, which count from a place that the client never saw.
fn place_removed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Fills the slots from an object.
struct Filling<const N: usize> {
    names: &'static [&'static str; N],
}

impl<'de, const N: usize> Visitor<'de> for Filling<N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arguments")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [None; N];
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            let Some(index) = self.names.iter().position(|known| *known == name) else {
                return Err(serde::de::Error::custom(unknown(&name, self.names)));
            };
            let value: &'de RawValue = map.next_value()?;
            if values[index].replace(value).is_some() {
                let text = format_args!("argument `{name}` is given twice");
                return Err(serde::de::Error::custom(text));
            }
        }
        Ok(values)
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    let name: String = name.chars().take(64).collect();
    match known {
        [] => format!("unknown argument `{name}`: none is expected"),
        known => format!(
            "unknown argument `{name}`; expected are `{}`",
            known.join("`, `")
        ),
    }
}

/// A text, borrowed from the request where it has no escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An argument that was not sent: `None` for an optional type, an error for any other.
struct Missing;

/// The type does not accept that nothing was sent.
#[derive(Debug)]
struct Absence;

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("missing")
    }
}

impl std::error::Error for Absence {}

impl serde::de::Error for Absence {
    fn custom<T: fmt::Display>(_text: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Missing {
    type Error = Absence;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Absence> {
        Err(Absence)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Absence> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Absence> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Whether a call without the argument is an error, asked of the type itself.
pub fn must_be_sent<T: DeserializeOwned>() -> bool {
    T::deserialize(Missing).is_err()
}
