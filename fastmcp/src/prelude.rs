//! The names that a file of tools needs.

pub use crate::auth::AuthSession;
pub use crate::item::{Context, IntoContent, Json, ToolError};

/// What a tool returns when it can fail.
pub type Result<T, E = ToolError> = std::result::Result<T, E>;
