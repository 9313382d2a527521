//! What a function becomes by its attribute. Nearly all is the same for each; where a message
//! differs, it is by a word from here.

use std::fmt;

use crate::options::{Options, TOOL};

/// What a function becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
}

impl Kind {
    /// Its attribute, and what people call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Tool => "tool",
        }
    }

    /// What a client does with it.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Tool => "call",
        }
    }

    /// Every attribute of this crate that makes something of a function.
    pub(crate) const ALL: [Self; 1] = [Self::Tool];

    pub(crate) const fn options(self) -> &'static Options {
        match self {
            Self::Tool => &TOOL,
        }
    }

    /// A sound name, for an example.
    pub(crate) const fn good_name(self) -> &'static str {
        match self {
            Self::Tool => "add",
        }
    }

    /// A doc comment, for an example.
    pub(crate) const fn good_words(self) -> &'static str {
        match self {
            Self::Tool => "Add two numbers.",
        }
    }

    /// One of them, as messages call it: `` tool `add` ``.
    pub(crate) fn called(self, name: &str) -> String {
        format!("{self} `{name}`")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
