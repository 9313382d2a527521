//! A tool asks back: a form for the person, a page for them to open, a model's answer, the roots.
//!
//! [`Context`] makes a [`Question`]; awaiting it hands the question to the call's [`Asker`], which
//! knows the one way that the client's protocol revision has for it. In 2025-11-25 and earlier that
//! is a request on the stream of the call, and the tool waits. Since 2026-07-28 the call *ends*
//! with its open questions, the client sends it again with the answers, and the tool runs anew from
//! its first line: what stands before a question runs once more in each round, so it belongs after
//! the last one, or must bear repetition. An answered question is not put to the client again; it
//! is known by its words, so those must be the same in each round.
//!
//! [`Context`]: super::Context

mod asker;
mod capability;
mod check;
mod context;
mod elicited;
mod error;
mod form;
mod message;
mod question;
mod roots;
mod sampling;

pub use self::asker::{Ask, Asker, Fits};
pub use self::capability::{Capabilities, Capability};
pub use self::elicited::Elicited;
pub use self::error::AskError;
pub use self::message::{Sampled, SamplingContent, SamplingMessage};
pub use self::question::Question;
pub use self::roots::Root;
pub use self::sampling::{ModelPreferences, Sampling, SamplingTool, ToolChoice};
