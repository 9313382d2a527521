//! A tool as the macro submits it, and one call of it.

use std::any::Any;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Content, Context, InvalidArguments, TaskSupport, ToolError, WrittenSchema};
use crate::auth::{AuthSession, Rule};

/// A JSON Schema object (2020-12).
pub type Schema = serde_json::Map<String, serde_json::Value>;

/// One `#[tool]` function.
#[derive(Clone, Copy, Debug)]
pub struct ToolEntry {
    /// Name on the wire.
    pub name: &'static str,
    /// Title for people, if one was given.
    pub title: Option<&'static str>,
    /// The doc comment.
    pub description: &'static str,
    /// Addresses of icons.
    pub icons: &'static [&'static str],
    /// Hints about what a call does.
    pub annotations: Annotations,
    /// Schema of the arguments.
    pub input_schema: fn() -> Schema,
    /// The same as it was written by hand, if it was.
    pub written: Option<WrittenSchema>,
    /// Arguments that clients repeat in a header: argument, and what follows `Mcp-Param-`.
    pub mirrored: &'static [(&'static str, &'static str)],
    /// Schema of the structured result, if the return type has one.
    pub output_schema: fn() -> Option<Schema>,
    /// Who may see and call it.
    pub rule: Rule,
    /// After this long a call is cancelled and answered with an error.
    pub timeout: Option<Duration>,
    /// The signature borrows no `Context`, so a call needs no live peer.
    pub plain: bool,
    /// When a call becomes a task, if it may.
    pub task: Option<TaskSupport>,
    /// `file:line` of the function, for messages to the developer.
    pub location: &'static str,
    /// Path of its module.
    pub module: &'static str,
    /// Type names of the servers whose state it borrows, with the test whether a state fits.
    pub accepts_app: fn(&(dyn Any + Send + Sync)) -> bool,
    /// Decodes the arguments, lends the borrowed parameters, calls the function.
    pub call: for<'a> fn(Call<'a>) -> BoxFuture<'a, Outcome>,
}

inventory::collect!(ToolEntry);

/// Hints of `ToolAnnotations` in the MCP schema; an absent one is not sent.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Annotations {
    /// Changes nothing.
    #[serde(rename = "readOnlyHint", skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// May destroy something.
    #[serde(rename = "destructiveHint", skip_serializing_if = "Option::is_none")]
    pub destructive: Option<bool>,
    /// A repeated call changes nothing more.
    #[serde(rename = "idempotentHint", skip_serializing_if = "Option::is_none")]
    pub idempotent: Option<bool>,
    /// Reaches beyond the server.
    #[serde(rename = "openWorldHint", skip_serializing_if = "Option::is_none")]
    pub open_world: Option<bool>,
}

/// One call: what the client sent and what the server lends.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The `arguments` object as it stood in the request, if it was there.
    pub arguments: Option<&'a str>,
    /// The signed-in caller.
    pub session: Option<&'a AuthSession>,
    /// The server's state.
    pub app: &'a (dyn Any + Send + Sync),
    /// Progress, log and cancellation of this call.
    pub context: &'a Context,
}

/// What came of a call.
pub enum Outcome {
    /// The function returned this.
    Done(ToolOutput),
    /// The function failed.
    Failed(ToolError),
    /// The arguments did not fit the signature; the function was not called.
    Invalid(InvalidArguments),
}

impl From<InvalidArguments> for Outcome {
    fn from(fault: InvalidArguments) -> Self {
        Self::Invalid(fault)
    }
}

impl From<ToolError> for Outcome {
    fn from(error: ToolError) -> Self {
        Self::Failed(error)
    }
}

/// The content of a successful call.
#[derive(Debug, Default)]
pub struct ToolOutput {
    /// For the model to read.
    pub content: Vec<Content>,
    /// The same as data, if the return type is [`Json`](super::Json).
    pub structured: Option<Box<RawValue>>,
}
