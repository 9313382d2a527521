//! The names that a file of tools, resources and prompts needs.
//!
//! The code that `JsonSchema`, `Deserialize` and `Serialize` derive names the crates `schemars` and
//! `serde`, so a crate with types of its own needs both among its dependencies.

pub use fastmcp_macros::{prompt, resource, server, tool};
#[doc(no_inline)]
pub use schemars::JsonSchema;
#[doc(no_inline)]
pub use serde::{Deserialize, Serialize};

pub use crate::auth::AuthSession;
pub use crate::item::{
    Completing, Content, Context, Elicited, IntoContent, Json, PromptMessage, ResourceContents,
    ToolError,
};

/// What an item returns when it can fail.
pub type Result<T, E = ToolError> = std::result::Result<T, E>;
