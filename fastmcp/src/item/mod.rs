//! What a server offers, known at link time.
//!
//! The macros submit one static [`ToolEntry`] for each annotated function; [`Registry`] collects
//! them at start, sorted, and refuses two of one name. An entry is data and one function pointer:
//! name, schemas, access [`Rule`](crate::auth::Rule), and the shim that decodes the owned
//! parameters, lends the borrowed ones and calls the user's function.

mod answer;
mod argument;
mod borrowed;
mod content;
mod context;
mod control;
mod failure;
mod hub;
mod log;
mod registry;
mod schema;
mod switches;
mod tool;

pub use self::answer::{IntoContent, Json};
pub use self::argument::{InvalidArguments, Slots, must_be_sent};
pub use self::borrowed::Borrowed;
pub use self::content::{
    Audio, Content, Image, Resource, ResourceBody, ResourceContents, ResourceLink,
};
pub use self::context::{CancelGuard, Cancellation, Context, Notice, NoticeSink};
pub use self::control::{Change, Control, NoSuchItem};
pub use self::failure::ToolError;
pub(crate) use self::hub::{About, List, Listener, News, Taken};
pub use self::log::LogLevel;
pub use self::registry::{DuplicateTool, Registry};
pub use self::schema::{Argument, InputSchema};
pub use self::tool::{Annotations, Call, Outcome, Schema, ToolEntry, ToolOutput};
