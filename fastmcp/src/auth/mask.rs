//! The upstream tokens that a session has handed out, kept out of what is said afterwards.
//!
//! A tool that repeats an API's words may repeat the token that it sent there. Tokens that were
//! never handed out cannot be repeated, so nothing is searched for them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

use crate::secret::Secret;

/// What stands in a token's place.
const MASK: &str = "[masked]";
/// A shorter token is a word like others, and no provider gives one.
const SHORTEST: usize = 8;
/// A session lives for seconds, and a token mostly for an hour.
const KEPT: usize = 8;

/// Tokens that were handed out; empty until the first one was.
#[derive(Default)]
pub(super) struct Handed(OnceLock<Mutex<Vec<Secret>>>);

impl Handed {
    pub(super) fn note(&self, token: &Secret) {
        if token.expose().len() < SHORTEST {
            return;
        }
        let kept = self.0.get_or_init(Mutex::default);
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.contains(token) {
            return;
        }
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push(token.clone());
    }

    pub(super) fn mask(&self) -> Option<Mask> {
        let kept = self.0.get()?;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Mask(kept.iter().flat_map(spellings).collect()))
    }
}

/// The token as it is, as JSON writes it, and as an address does.
fn spellings(token: &Secret) -> Vec<Secret> {
    let plain = token.expose();
    let json = Value::from(plain).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let mut encoded = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing into a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let others = [json, encoded].into_iter().filter(|it| it != plain);
    std::iter::once(token.clone())
        .chain(others.map(Secret::from))
        .collect()
}

/// What must not be said.
#[derive(Debug)]
pub(crate) struct Mask(Vec<Secret>);

impl Mask {
    /// Whether `text` holds one of them.
    pub(crate) fn finds(&self, text: &str) -> bool {
        self.0.iter().any(|token| text.contains(token.expose()))
    }

    /// `text` without them.
    pub(crate) fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for token in &self.0 {
            if text.contains(token.expose()) {
                text = Cow::Owned(text.replace(token.expose(), MASK));
            }
        }
        text
    }

    /// Takes them out of `text`.
    pub(crate) fn clean_text(&self, text: &mut String) {
        if let Cow::Owned(without) = self.apply(text) {
            *text = without;
        }
    }

    /// Takes them out of every text of `data`, the names of members too.
    pub(crate) fn clean(&self, data: &mut Value) {
        match data {
            Value::String(text) => self.clean_text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item)),
            Value::Object(members) => {
                if members.keys().any(|name| self.finds(name)) {
                    let old = std::mem::take(members).into_iter();
                    members.extend(old.map(|(name, item)| (self.apply(&name).into_owned(), item)));
                }
                members.values_mut().for_each(|item| self.clean(item));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_found_in_every_spelling() {
        let handed = Handed::default();
        assert!(handed.mask().is_none());
        handed.note(&Secret::from("short"));
        assert!(handed.mask().is_none());
        handed.note(&Secret::from("tok/en+\"1\""));
        let mask = handed.mask().unwrap();
        let said = r#"a tok/en+"1" b tok/en+\"1\" c tok%2Fen%2B%221%22 d"#;
        assert_eq!(mask.apply(said), "a [masked] b [masked] c [masked] d");
        assert!(matches!(mask.apply("nothing"), Cow::Borrowed("nothing")));
        let mut data = json!({ "tok%2Fen%2B%221%22": ["a tok/en+\"1\"", 1.5, null] });
        mask.clean(&mut data);
        assert_eq!(data, json!({ "[masked]": ["a [masked]", 1.5, null] }));
    }

    #[test]
    fn the_last_eight_tokens_are_remembered_each_once() {
        let token = |n: u32| format!("token-{n:02}");
        let handed = Handed::default();
        for n in 1..=9 {
            handed.note(&Secret::from(token(n)));
            handed.note(&Secret::from(token(2)));
        }
        let mask = handed.mask().unwrap();
        let found: Vec<_> = (1..=9).filter(|n| mask.finds(&token(*n))).collect();
        assert_eq!(found, [2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(!mask.finds("nothing"));
    }
}
