//! What a tool says when it fails.

use std::any::Any;
use std::error::Error;
use std::fmt;

use super::{AskError, Capability};
use crate::auth::TokenUnavailable;

/// Why a tool failed.
///
/// [`ToolError::new`] carries a text for the caller. Any other error that `?` turns into a
/// `ToolError` is internal: its text goes to the log under a correlation id, and the caller sees
/// that id alone, so no connection string or path reaches a client by accident. To show an
/// error's text, say so: `.map_err(ToolError::show)?`. [`TokenUnavailable`] is shown: it tells the
/// caller to sign in again, or to come back in a moment. [`AskError`] is shown too.
///
/// ```
/// use fastmcp::prelude::*;
///
/// fn parse(text: &str) -> Result<u32> {
///     text.parse().map_err(|_| ToolError::new("not a number"))
/// }
/// # assert!(parse("x").is_err());
/// ```
pub struct ToolError(Cause);

enum Cause {
    Shown(String),
    /// The same, where the client lacks a capability.
    Lacking(Capability, String),
    Masked(Box<dyn Error + Send + Sync>),
}

impl ToolError {
    /// A failure whose `text` the caller sees.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Cause::Shown(text.into()))
    }

    /// A failure that shows the text of `error` to the caller.
    pub fn show(error: impl fmt::Display) -> Self {
        Self::new(error.to_string())
    }

    /// The text for the caller, if it may see one.
    pub fn shown(&self) -> Option<&str> {
        match &self.0 {
            Cause::Shown(text) | Cause::Lacking(_, text) => Some(text),
            Cause::Masked(_) => None,
        }
    }

    /// The capability that the client would need, if that is what failed.
    pub fn lacking(&self) -> Option<Capability> {
        match &self.0 {
            Cause::Lacking(capability, _) => Some(*capability),
            Cause::Shown(_) | Cause::Masked(_) => None,
        }
    }

    /// The error for the log, if it must not be shown.
    pub fn masked(&self) -> Option<&(dyn Error + Send + Sync)> {
        match &self.0 {
            Cause::Shown(_) | Cause::Lacking(..) => None,
            Cause::Masked(error) => Some(&**error),
        }
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Shown(text) | Cause::Lacking(_, text) => write!(f, "ToolError({text:?})"),
            Cause::Masked(error) => write!(f, "ToolError(masked: {error})"),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for ToolError {
    fn from(error: E) -> Self {
        // Texts that are ours and written for the caller, who must know to sign in again, or why
        // nobody could be asked.
        let any = &error as &dyn Any;
        if let Some(AskError::NotSupported(capability)) = any.downcast_ref() {
            return Self(Cause::Lacking(*capability, error.to_string()));
        }
        if any.is::<TokenUnavailable>() || any.is::<AskError>() {
            return Self::show(error);
        }
        Self(Cause::Masked(Box::new(error)))
    }
}
