//! A checked model becomes code. Everything that is written names the crate by one absolute path,
//! and nothing that is written can fail because of a mistake that was already reported.

mod build_checks;
mod item;
mod probe;
mod provider;
mod rule;
mod server;
mod tool;

pub(crate) use self::server::{server, server_outline};
pub(crate) use self::tool::tool;
