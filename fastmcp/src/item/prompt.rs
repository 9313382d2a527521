//! A prompt as the macro submits it, and what it says.

use std::any::Any;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::{Call, Content, InvalidArguments, ToolError, Variable};
use crate::auth::Rule;

/// One `#[prompt]` function.
#[derive(Clone, Copy, Debug)]
pub struct PromptEntry {
    /// Name on the wire.
    pub name: &'static str,
    /// Title for people, if one was given.
    pub title: Option<&'static str>,
    /// The doc comment.
    pub description: &'static str,
    /// Addresses of icons.
    pub icons: &'static [&'static str],
    /// Its arguments, in the order of the signature.
    pub arguments: &'static [PromptArgument],
    /// Who may see and get it.
    pub rule: Rule,
    /// After this long the call is cancelled and answered with an error.
    pub timeout: Option<Duration>,
    /// The signature borrows no `Context`, so a call needs no live peer.
    pub plain: bool,
    /// `file:line` of the function, for messages to the developer.
    pub location: &'static str,
    /// Path of its module.
    pub module: &'static str,
    /// Whether the state of a server is the one that the function borrows.
    pub accepts_app: fn(&(dyn Any + Send + Sync)) -> bool,
    /// Decodes the arguments, lends the borrowed parameters, calls the function.
    pub get: for<'a> fn(Call<'a>) -> BoxFuture<'a, PromptOutcome>,
}

inventory::collect!(PromptEntry);

/// An argument of a prompt.
pub type PromptArgument = Variable;

/// What came of getting a prompt.
#[derive(Debug)]
pub enum PromptOutcome {
    /// The function returned this.
    Done(Vec<PromptMessage>),
    /// The function failed.
    Failed(ToolError),
    /// The arguments did not fit the signature; the function was not called.
    Invalid(InvalidArguments),
}

impl From<InvalidArguments> for PromptOutcome {
    fn from(fault: InvalidArguments) -> Self {
        Self::Invalid(fault)
    }
}

impl From<ToolError> for PromptOutcome {
    fn from(error: ToolError) -> Self {
        Self::Failed(error)
    }
}

/// One message of a prompt (`PromptMessage` in the MCP schema).
///
/// ```
/// use fastmcp::item::{Content, PromptMessage};
///
/// let talk = vec![
///     PromptMessage::user("What is wrong with this picture?"),
///     PromptMessage::user(Content::image([0x89, b'P', b'N', b'G'], "image/png")),
///     PromptMessage::assistant("The horizon is tilted. Shall I straighten it?"),
/// ];
/// # assert_eq!(talk.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PromptMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
}

/// Who speaks in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl PromptMessage {
    /// A message of the person's: a text, or any [`Content`].
    pub fn user(content: impl Into<Content>) -> Self {
        Self {
            role: Role::User,
            content: content.into(),
        }
    }

    /// A message of the model's: a text, or any [`Content`].
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self {
            role: Role::Assistant,
            content: content.into(),
        }
    }
}
