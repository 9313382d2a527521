//! What a function becomes by its attribute. Nearly all is the same for each; where a message
//! differs, it is by a word from here.

use std::fmt;

use crate::options::{Options, PROMPT, RESOURCE, TEXT_ARGUMENT, TOOL, TOOL_ARGUMENT};

/// What a function becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
    Resource,
    Prompt,
}

impl Kind {
    /// Its attribute, and what people call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
        }
    }

    /// What a client does with it.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Tool => "call",
            Self::Resource => "read",
            Self::Prompt => "use",
        }
    }

    /// Every attribute of this crate that makes something of a function.
    pub(crate) const ALL: [Self; 3] = [Self::Tool, Self::Resource, Self::Prompt];

    pub(crate) const fn options(self) -> &'static Options {
        match self {
            Self::Tool => &TOOL,
            Self::Resource => &RESOURCE,
            Self::Prompt => &PROMPT,
        }
    }

    /// What `#[arg]` takes on its parameters.
    pub(crate) const fn arguments(self) -> &'static Options {
        match self {
            Self::Tool => &TOOL_ARGUMENT,
            Self::Resource | Self::Prompt => &TEXT_ARGUMENT,
        }
    }

    /// A sound name, for an example.
    pub(crate) const fn good_name(self) -> &'static str {
        match self {
            Self::Tool => "add",
            Self::Resource => "style",
            Self::Prompt => "review",
        }
    }

    /// A doc comment, for an example.
    pub(crate) const fn good_words(self) -> &'static str {
        match self {
            Self::Tool => "Add two numbers.",
            Self::Resource => "The style guide of the team.",
            Self::Prompt => "Ask for a review of a change.",
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
