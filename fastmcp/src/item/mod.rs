//! What a server offers, known at link time.
//!
//! The macros submit one static [`ToolEntry`], [`ResourceEntry`] or [`PromptEntry`] for each
//! annotated function; a [`Composition`] says which of them a server offers and where, and
//! [`Registry`] collects these at start, sorted, and refuses two of one name or URI. An entry is data and one function pointer: name, schemas, access
//! [`Rule`](crate::auth::Rule), and the shim that decodes the owned parameters, lends the borrowed
//! ones and calls the user's function.

mod answer;
mod argument;
pub(crate) mod around;
mod ask;
mod borrowed;
mod complete;
mod compose;
mod content;
mod context;
mod control;
mod entry;
mod failure;
mod hub;
mod inside;
mod into_prompt;
mod into_resource;
mod items;
mod log;
mod made_of_parts;
mod mounted;
mod prefix;
mod prompt;
mod registry;
mod registry_error;
mod resource;
mod said;
mod schema;
mod switches;
mod task;
mod text;
mod tool;
mod written;

pub use self::answer::{IntoContent, Json};
pub use self::argument::{InvalidArguments, Slots, must_be_sent};
pub use self::around::{Around, CallInfo, Ended, ItemKind, Next};
pub use self::ask::{
    Ask, AskError, Asker, Capabilities, Capability, Elicited, Fits, ModelPreferences, Question,
    Root, Sampled, Sampling, SamplingContent, SamplingMessage, SamplingTool, ToolChoice,
};
pub use self::borrowed::Borrowed;
pub use self::complete::{Completer, Completing, Suggest};
pub use self::compose::{Composition, CompositionError};
pub use self::content::{
    Audio, Content, Image, Resource, ResourceBody, ResourceContents, ResourceLink,
};
pub use self::context::{CancelGuard, Cancellation, Context, Notice, NoticeSink};
pub use self::control::{Change, Control, NoSuchItem};
pub use self::entry::Entry;
pub use self::failure::ToolError;
pub(crate) use self::hub::{About, List, Listener, News, Taken};
pub(crate) use self::inside::Inside;
pub use self::into_prompt::IntoPrompt;
pub use self::into_resource::IntoResource;
pub use self::items::{ItemNames, Items};
pub use self::log::LogLevel;
pub use self::made_of_parts::made_of_parts;
pub use self::prefix::Prefix;
pub use self::prompt::{PromptArgument, PromptEntry, PromptMessage, PromptOutcome, Role};
pub use self::registry::Registry;
pub use self::registry_error::{RegistryError, Twins};
pub use self::resource::{ReadOutcome, ReadOutput, ResourceEntry, Variable};
pub use self::schema::{Argument, InputSchema, listed_values};
pub use self::task::{TaskSupport, TaskWay};
pub use self::tool::{Annotations, Call, Outcome, Schema, ToolEntry, ToolOutput};
pub use self::written::{Parameter, WrittenSchema};
