//! MCP servers with real authentication, declared in two attributes.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod auth;
pub mod error;
pub mod guard;
mod health;
pub mod item;
pub mod keys;
pub mod ledger;
pub mod mcp;
pub mod oauth;
mod page;
pub mod parts;
pub mod prelude;
pub mod provider;
mod secret;
pub mod server;
pub mod settings;
pub mod spec;
pub mod store;
pub mod token;

pub use fastmcp_macros::{server, tool};

pub use self::error::Error;
pub use self::secret::Secret;

/// What starting a server gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;
