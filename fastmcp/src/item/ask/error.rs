//! Why a question has no answer.

use std::fmt;

use super::Capability;

/// Why a question has no answer. Its text is shown to the caller where `?` makes it the failure of
/// a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AskError {
    /// The client did not declare that it can be asked for this. Where this ends a call of a client
    /// of 2026-07-28, the client gets the error of the specification (-32021) for it.
    NotSupported(Capability),
    /// Nothing leads to the client: it opened no session, or reads no event stream.
    NoWay,
    /// No answer came in time (ten minutes).
    TimedOut,
    /// The client answered with an error.
    Refused {
        /// The JSON-RPC code.
        code: i64,
        /// The client's words.
        message: String,
    },
    /// The answer is not one to the question.
    Unfit(String),
    /// The question cannot be put: its form is more than the specification allows, its address is
    /// none, or its request cannot be written.
    Malformed(String),
    /// Two questions of one call have this key.
    SameKey(String),
    /// A call may ask so many questions and no more.
    TooMany(usize),
    /// The call ended while a task of its own was still asking.
    Over,
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSupported(capability) => {
                write!(f, "this needs a client with the capability `{capability}`")
            }
            Self::NoWay => f.write_str(
                "the client cannot be asked: it has no session, or does not accept text/event-stream",
            ),
            Self::TimedOut => f.write_str("the client did not answer in time"),
            Self::Refused { code, message } => {
                write!(f, "the client refused to answer: {message} ({code})")
            }
            Self::Unfit(problem) => write!(f, "the client's answer does not fit: {problem}"),
            Self::Malformed(problem) => write!(f, "the question cannot be asked: {problem}"),
            Self::SameKey(key) => write!(f, "two questions of one call have the key `{key}`"),
            Self::TooMany(most) => write!(f, "a call may ask {most} questions and no more"),
            Self::Over => f.write_str("the call is over"),
        }
    }
}

impl std::error::Error for AskError {}
