//! What a person did with a form or an address.

use serde_json::Value;

use crate::item::ToolError;

/// What a person did with what they were asked: sent it, said no, or closed it.
///
/// ```
/// use fastmcp::item::Elicited;
///
/// let answer: Elicited<u32> = Elicited::Accepted(3);
/// assert_eq!(answer.accepted(), Some(3));
/// assert!(Elicited::<u32>::Declined.required().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elicited<T> {
    /// The person agreed; of a form, this is what they sent.
    Accepted(T),
    /// The person said no.
    Declined,
    /// The person chose nothing: closed the dialog, pressed Escape.
    Cancelled,
}

impl<T> Elicited<T> {
    /// What was sent, if anything.
    pub fn accepted(self) -> Option<T> {
        match self {
            Self::Accepted(value) => Some(value),
            Self::Declined | Self::Cancelled => None,
        }
    }

    /// Whether the person agreed.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// The same, with what was sent made into something else.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Elicited<U> {
        match self {
            Self::Accepted(value) => Elicited::Accepted(f(value)),
            Self::Declined => Elicited::Declined,
            Self::Cancelled => Elicited::Cancelled,
        }
    }

    /// What was sent, for a tool that cannot go on without it.
    ///
    /// # Errors
    /// A failure that tells the caller that the person said no, or chose nothing.
    pub fn required(self) -> Result<T, ToolError> {
        match self {
            Self::Accepted(value) => Ok(value),
            Self::Declined => Err(ToolError::new("the user declined to answer")),
            Self::Cancelled => Err(ToolError::new("the user cancelled the question")),
        }
    }

    /// Reads an `ElicitResult`; `content` makes the value of what was sent.
    pub(super) fn read(
        result: &Value,
        content: impl FnOnce(Option<&Value>) -> Result<T, String>,
    ) -> Result<Self, String> {
        match result.get("action").and_then(Value::as_str) {
            Some("accept") => content(result.get("content")).map(Self::Accepted),
            Some("decline") => Ok(Self::Declined),
            Some("cancel") => Ok(Self::Cancelled),
            _ => Err("`action` must be `accept`, `decline` or `cancel`".to_owned()),
        }
    }
}
