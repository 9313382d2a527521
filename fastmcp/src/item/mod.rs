//! What a server offers, known at link time.
//!
//! The macros submit one static [`ToolEntry`] for each annotated function; [`Registry`] collects
//! them at start, sorted, and refuses two of one name. An entry is data and one function pointer:
//! name, schemas, access [`Rule`](crate::auth::Rule), and the shim that decodes the owned
//! parameters, lends the borrowed ones and calls the user's function.

mod answer;
mod argument;
mod ask;
mod borrowed;
mod content;
mod context;
mod failure;
mod log;
mod registry;
mod schema;
mod tool;

pub use self::answer::{IntoContent, Json};
pub use self::argument::{InvalidArguments, Slots, must_be_sent};
pub use self::ask::{
    Ask, AskError, Asker, Capabilities, Capability, Elicited, Fits, ModelPreferences, Question,
    Root, Sampled, Sampling, SamplingContent, SamplingMessage, SamplingTool, ToolChoice,
};
pub use self::borrowed::Borrowed;
pub use self::content::{
    Audio, Content, Image, Resource, ResourceBody, ResourceContents, ResourceLink,
};
pub use self::context::{CancelGuard, Cancellation, Context, Notice, NoticeSink};
pub use self::failure::ToolError;
pub use self::log::LogLevel;
pub use self::registry::{DuplicateTool, Registry};
pub use self::schema::{Argument, InputSchema};
pub use self::tool::{Annotations, Call, Outcome, Schema, ToolEntry, ToolOutput};
