//! Scopes: a set of tokens (RFC 6749 section 3.3).
//!
//! Order and repetition mean nothing, so a set in sorted order is the one form that is kept. What
//! a client sends is bounded by [`Scopes::parse`]; what the server itself puts together may be
//! larger and is bounded by its configuration.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest scope parameter, in bytes.
const MAX_LENGTH: usize = 1024;
/// The most tokens in one scope parameter.
const MAX_TOKENS: usize = 64;

/// A set of scope tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads a `scope` parameter: tokens divided by spaces. Repeated tokens collapse; an empty
    /// text is the empty set.
    ///
    /// # Errors
    /// A character that no token may have, more than 1024 bytes, or more than 64 tokens.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.len() > MAX_LENGTH {
            return Err(ScopeError::TooLong);
        }
        let scopes = Self::parse_unbounded(text)?;
        if text.split(' ').filter(|token| !token.is_empty()).count() > MAX_TOKENS {
            return Err(ScopeError::TooMany);
        }
        Ok(scopes)
    }

    fn parse_unbounded(text: &str) -> Result<Self, ScopeError> {
        text.split(' ')
            .filter(|token| !token.is_empty())
            .map(|token| {
                is_token(token)
                    .then(|| token.to_owned())
                    .ok_or(ScopeError::Character)
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether `token` is in the set.
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Whether every token of this set is in `other` too.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The tokens that are in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The tokens that are in one set or the other.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// The tokens, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens as the set that a session carries.
    pub fn as_set(&self) -> &BTreeSet<String> {
        &self.0
    }

    /// Whether `text` can be one scope token: printable ASCII without space, `"` and `\`.
    pub fn is_token(text: &str) -> bool {
        is_token(text)
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token)?;
        }
        Ok(())
    }
}

/// Collects tokens; what cannot be a token is left out (ask [`Scopes::is_token`] first where that
/// must not pass in silence).
impl<T: Into<String>> FromIterator<T> for Scopes {
    fn from_iter<I: IntoIterator<Item = T>>(tokens: I) -> Self {
        Self(
            tokens
                .into_iter()
                .map(Into::into)
                .filter(|token| is_token(token))
                .collect(),
        )
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    /// The bounds of [`Scopes::parse`] are for clients: a union that the server made must read back.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_unbounded(&text).map_err(serde::de::Error::custom)
    }
}

/// Why a text is not a `scope` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeError {
    /// More than 1024 bytes.
    TooLong,
    /// More than 64 tokens.
    TooMany,
    /// A character that no scope token may have.
    Character,
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "scope is longer than 1024 bytes",
            Self::TooMany => "scope has more than 64 tokens",
            Self::Character => "scope has a character that no scope token may have",
        })
    }
}

impl std::error::Error for ScopeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_set() {
        let scopes = Scopes::parse("write read  read").unwrap();
        assert_eq!(scopes.to_string(), "read write");
        assert!(scopes.contains("read") && !scopes.contains("rea"));
        assert_eq!(Scopes::parse("").unwrap(), Scopes::default());
        let read = Scopes::from_iter(["read", "admin"]);
        assert_eq!(scopes.intersection(&read).to_string(), "read");
        assert_eq!(scopes.union(&read).to_string(), "admin read write");
        assert!(!read.is_subset(&scopes) && scopes.intersection(&read).is_subset(&scopes));
    }

    #[test]
    fn refuses_what_the_grammar_refuses() {
        for text in ["a\"b", "a\\b", "a\tb", "a\nb", "ä", "\u{7f}", "a\u{0}"] {
            assert_eq!(Scopes::parse(text), Err(ScopeError::Character), "{text:?}");
        }
        assert!(Scopes::parse("https://graph.microsoft.com/.default").is_ok());
        assert_eq!(Scopes::parse(&"a".repeat(1025)), Err(ScopeError::TooLong));
        assert_eq!(Scopes::parse(&"a ".repeat(65)), Err(ScopeError::TooMany));
        assert!(Scopes::parse(&"a ".repeat(64)).is_ok());
        assert!(Scopes::from_iter(["a b", "", "ok"]).iter().eq(["ok"]));
    }

    #[test]
    fn reads_back_what_it_wrote_however_large() {
        let large: Scopes = (0..500).map(|n| format!("scope-{n}")).collect();
        let json = serde_json::to_string(&large).unwrap();
        assert_eq!(serde_json::from_str::<Scopes>(&json).unwrap(), large);
        assert!(serde_json::from_str::<Scopes>("\"a\\nb\"").is_err());
    }
}
