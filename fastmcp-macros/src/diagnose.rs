//! The only file that makes a compile error.
//!
//! A text has two lines: the fault in the user's words with its code, then `help:` with something
//! that can be typed. It underlines the tokens it is about, all of them: spans come from the tokens
//! themselves, since a joined span is only its first token on stable compilers.

use std::fmt::{Display, Write as _};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors of one expansion, all shown at once.
#[derive(Default)]
pub(crate) struct Diagnostics(Vec<syn::Error>);

/// One error that has not been reported yet.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    tokens: TokenStream,
    text: String,
}

impl Fault {
    pub(crate) fn new(
        code: &'static str,
        tokens: impl ToTokens,
        fault: impl Display,
        help: impl Display,
    ) -> Self {
        Self {
            tokens: tokens.into_token_stream(),
            text: format!("{fault} [{code}]\nhelp: {help}"),
        }
    }
}

impl Diagnostics {
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        tokens: impl ToTokens,
        fault: impl Display,
        help: impl Display,
    ) {
        self.push(Fault::new(code, tokens, fault, help));
    }

    pub(crate) fn push(&mut self, fault: Fault) {
        self.0
            .push(syn::Error::new_spanned(fault.tokens, fault.text));
    }

    /// How many errors there are; two counts tell whether a step went wrong.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    #[cfg(test)]
    pub(crate) fn spans(&self) -> Vec<proc_macro2::Span> {
        self.0.iter().map(syn::Error::span).collect()
    }
}

impl ToTokens for Diagnostics {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for error in &self.0 {
            error.to_compile_error().to_tokens(tokens);
        }
    }
}

/// The known word nearest to `word`, or the one that begins like it, if one may be meant.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let (distance, found) = known
        .iter()
        .map(|known| (strsim::osa_distance(&word, known), *known))
        .min_by_key(|(distance, _)| *distance)?;
    if distance <= 1 + found.len() / 4 {
        return Some(found);
    }
    // Cut short or drawn out, such as `devel` for `dev`, where only one word can be meant.
    let mut longer = known.iter().filter(|known| {
        known.len() >= 3
            && word.len() >= 3
            && (known.starts_with(&word) || word.starts_with(**known))
    });
    longer.next().filter(|_| longer.next().is_none()).copied()
}

/// `` `a`, `b`, `c` ``.
pub(crate) fn list(words: &[&str]) -> String {
    let mut text = String::new();
    for word in words {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}`{word}`");
    }
    text
}

/// More choices than this are listed only where no word is near.
const SHORT: usize = 16;

/// The help for an unknown word: the one that may be meant, and the choices if they are few.
pub(crate) fn choices(word: &str, noun: &str, known: &[&str]) -> String {
    let list = format!("known {noun}: {}", list(known));
    match nearest(word, known) {
        Some(near) if known.len() > SHORT => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    }
}
