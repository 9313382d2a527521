//! Return values become the messages of a prompt.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use super::{Content, PromptMessage, PromptOutcome, ToolError};

/// A value that becomes the messages of a prompt.
#[diagnostic::on_unimplemented(
    message = "a prompt cannot return `{Self}`",
    label = "not the messages of a prompt",
    note = "return `String`, `PromptMessage`, `Vec<PromptMessage>`, or a `Result` of one of these"
)]
pub trait IntoPrompt {
    /// The messages.
    fn into_prompt(self) -> PromptOutcome;
}

fn said(text: String) -> PromptOutcome {
    PromptMessage::user(Content::Text { text }).into_prompt()
}

impl IntoPrompt for String {
    fn into_prompt(self) -> PromptOutcome {
        said(self)
    }
}

impl IntoPrompt for &str {
    fn into_prompt(self) -> PromptOutcome {
        said(self.to_owned())
    }
}

impl IntoPrompt for Cow<'_, str> {
    fn into_prompt(self) -> PromptOutcome {
        said(self.into_owned())
    }
}

impl IntoPrompt for Box<str> {
    fn into_prompt(self) -> PromptOutcome {
        said(self.into_string())
    }
}

impl IntoPrompt for Arc<str> {
    fn into_prompt(self) -> PromptOutcome {
        said((*self).to_owned())
    }
}

impl IntoPrompt for PromptMessage {
    fn into_prompt(self) -> PromptOutcome {
        PromptOutcome::Done(vec![self])
    }
}

impl IntoPrompt for Vec<PromptMessage> {
    fn into_prompt(self) -> PromptOutcome {
        PromptOutcome::Done(self)
    }
}

impl<const N: usize> IntoPrompt for [PromptMessage; N] {
    fn into_prompt(self) -> PromptOutcome {
        PromptOutcome::Done(self.into())
    }
}

/// An error whose text the caller sees: that is the function's choice of error type.
impl<T: IntoPrompt, E: Display> IntoPrompt for Result<T, E> {
    fn into_prompt(self) -> PromptOutcome {
        match self {
            Ok(value) => value.into_prompt(),
            Err(error) => PromptOutcome::Failed(ToolError::show(error)),
        }
    }
}

/// An error that is masked where it came through `?`.
impl<T: IntoPrompt> IntoPrompt for Result<T, ToolError> {
    fn into_prompt(self) -> PromptOutcome {
        match self {
            Ok(value) => value.into_prompt(),
            Err(error) => PromptOutcome::Failed(error),
        }
    }
}
