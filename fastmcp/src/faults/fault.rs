//! A setting that cannot be, as a server tells it when it starts.

use super::text::Text;

/// What is wrong with a setting: the words of the build for the same value, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Its row in `docs/diagnostics.md`.
    pub(crate) code: &'static str,
    /// What is wrong, as a sentence of its own.
    pub(crate) words: String,
    /// What to write, whether by builder method or variable.
    pub(crate) help: String,
}

impl Fault {
    pub(crate) fn new(
        code: &'static str,
        words: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            words: words.into(),
            help: help.into(),
        }
    }

    /// A text of the build, of which every one has this code.
    pub(crate) fn told(code: &'static str, text: &Text) -> Self {
        let (fault, _, help) = text.parts();
        Self::new(code, fault, help)
    }
}
