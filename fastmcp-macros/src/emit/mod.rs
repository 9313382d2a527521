//! A checked model becomes code. Everything that is written names the crate by one absolute path,
//! and nothing that is written can fail because of a mistake that was already reported.

mod admission;
mod answer_checks;
mod build_checks;
mod item;
mod parameter_checks;
mod probe;
mod prompt;
mod provider;
mod resource;
mod rule;
mod server;
mod text;
mod tool;

pub(crate) use self::prompt::prompt;
pub(crate) use self::resource::resource;
pub(crate) use self::server::{server, server_outline};
pub(crate) use self::tool::tool;
