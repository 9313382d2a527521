//! What a tool says when it fails.

use std::any::Any;
use std::error::Error;
use std::fmt;

use crate::auth::TokenUnavailable;

/// Why a tool failed.
///
/// [`ToolError::new`] carries a text for the caller. Any other error that `?` turns into a
/// `ToolError` is internal: its text goes to the log under a correlation id, and the caller sees
/// that id alone, so no connection string or path reaches a client by accident. To show an
/// error's text, say so: `.map_err(ToolError::show)?`. [`TokenUnavailable`] is shown: it tells the
/// caller to sign in again, or to come back in a moment.
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
            Cause::Shown(text) => Some(text),
            Cause::Masked(_) => None,
        }
    }

    /// The error for the log, if it must not be shown.
    pub fn masked(&self) -> Option<&(dyn Error + Send + Sync)> {
        match &self.0 {
            Cause::Shown(_) => None,
            Cause::Masked(error) => Some(&**error),
        }
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Shown(text) => write!(f, "ToolError({text:?})"),
            Cause::Masked(error) => write!(f, "ToolError(masked: {error})"),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for ToolError {
    fn from(error: E) -> Self {
        // Its texts are ours and written for the caller, who must know to sign in again.
        let unavailable = (&error as &dyn Any).downcast_ref::<TokenUnavailable>();
        match unavailable {
            Some(unavailable) => Self::show(unavailable),
            None => Self(Cause::Masked(Box::new(error))),
        }
    }
}
