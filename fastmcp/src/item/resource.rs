//! A resource or a resource template as the macro submits it, and one reading of it.

use std::any::Any;
use std::borrow::Cow;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Call, Completer, InvalidArguments, ResourceBody, ResourceContents, ToolError};
use crate::auth::Rule;

/// One `#[resource]` function.
#[derive(Clone, Copy, Debug)]
pub struct ResourceEntry {
    /// Its URI, or the template of its URIs (RFC 6570).
    pub uri: &'static str,
    /// Name for programs.
    pub name: &'static str,
    /// Title for people, if one was given.
    pub title: Option<&'static str>,
    /// The doc comment.
    pub description: &'static str,
    /// Media type of what it holds.
    pub mime_type: Option<&'static str>,
    /// Size in bytes, before any encoding.
    pub size: Option<u64>,
    /// Addresses of icons.
    pub icons: &'static [&'static str],
    /// The variables of the template, in the order of the signature; none for a plain resource.
    pub variables: &'static [Variable],
    /// Who may see and read it.
    pub rule: Rule,
    /// After this long a reading is cancelled and answered with an error.
    pub timeout: Option<Duration>,
    /// The signature borrows no `Context`, so reading needs no live peer.
    pub plain: bool,
    /// `file:line` of the function, for messages to the developer.
    pub location: &'static str,
    /// Path of its module.
    pub module: &'static str,
    /// Whether the state of a server is the one that the function borrows.
    pub accepts_app: fn(&(dyn Any + Send + Sync)) -> bool,
    /// Decodes the variables, lends the borrowed parameters, calls the function.
    pub read: for<'a> fn(Call<'a>) -> BoxFuture<'a, ReadOutcome>,
}

inventory::collect!(ResourceEntry);

impl ResourceEntry {
    /// Whether this is a template, so that it is listed as one.
    #[must_use]
    pub const fn is_template(&self) -> bool {
        !self.variables.is_empty()
    }
}

/// A value that is sent as text: a variable of a URI template, or an argument of a prompt.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Name on the wire.
    pub name: &'static str,
    /// What it is, for people and models.
    pub description: &'static str,
    /// Whether its type has no value for one that was not sent.
    pub required: fn() -> bool,
    /// Its type, where that is made of parts, so that no one text can be a value of it.
    pub made_of_parts: fn() -> Option<String>,
    /// Who suggests values while it is being typed.
    pub complete: Option<Completer>,
}

/// What came of reading a resource.
#[derive(Debug)]
pub enum ReadOutcome {
    /// The function returned this.
    Done(ReadOutput),
    /// There is no such resource.
    NotFound,
    /// The function failed.
    Failed(ToolError),
    /// The variables did not fit the signature; the function was not called.
    Invalid(InvalidArguments),
}

/// What a resource holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOutput {
    /// The content of the URI that was read.
    Body {
        /// The content.
        body: ResourceBody,
        /// Its media type; the one of the entry where it names none.
        mime_type: Option<Cow<'static, str>>,
    },
    /// Contents with URIs of their own.
    Contents(Vec<ResourceContents>),
}

impl From<InvalidArguments> for ReadOutcome {
    fn from(fault: InvalidArguments) -> Self {
        Self::Invalid(fault)
    }
}

impl From<ToolError> for ReadOutcome {
    fn from(error: ToolError) -> Self {
        Self::Failed(error)
    }
}
