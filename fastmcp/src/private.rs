//! The one door for generated code: everything that `#[server]` and `#[tool]` may name.
//!
//! Nothing here is for people. [`Probe`] asks a type a question that it may answer with no;
//! `faults` turns answers into the words of a compile error; [`no_server`] stands in for a server
//! that a library of tools does not have.

#[path = "private/probe.rs"]
mod probe;

pub use std::any::Any;
pub use std::boxed::Box;
pub use std::convert::From;
pub use std::default::Default;
pub use std::marker::{Send, Sync};
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{Err, Ok};
pub use std::string::String;
pub use std::time::Duration;
pub use std::vec::Vec;

pub use axum::Router;
pub use futures_util::future::BoxFuture;
pub use inventory;

pub use self::probe::{Absent, Answer, Ask, Probe};
pub use crate::auth::{Predicate, Rule};
pub use crate::faults::{
    Declaration, Declared, answer_fits, argument_fits, default_fits, loan_fits, role_is_declared,
    scope_is_declared, server_has_auth,
};
use crate::item::ToolError;
pub use crate::item::{
    Annotations, Borrowed, Call, InputSchema, Outcome, Schema, Slots, ToolEntry,
};
pub use crate::provider::{self, Identity};
pub use crate::server::{AuthDeclaration, ServerDeclaration};

/// The server that `#[server]` declares.
pub fn server(
    app: impl Any + Send + Sync,
    declaration: ServerDeclaration,
) -> crate::server::Server {
    crate::server::Server::new(app, declaration)
}

/// What a `roles_from` function gives, as the server keeps it.
pub fn roles<R>(found: R) -> Vec<String>
where
    R: IntoIterator,
    R::Item: Into<String>,
{
    found.into_iter().map(Into::into).collect()
}

/// The server has nothing of the type that `tool` borrows; a fault of the program, for the log.
pub fn not_lent(tool: &'static str, lent: &'static str) -> Outcome {
    Outcome::Failed(ToolError::from(NotLent { tool, lent }))
}

#[derive(Debug)]
struct NotLent {
    tool: &'static str,
    lent: &'static str,
}

impl std::fmt::Display for NotLent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the server has no `{}` to lend to tool `{}`",
            self.lent, self.tool
        )
    }
}

impl std::error::Error for NotLent {}

/// A stand-in for the server, in crates that have none at their root. It accepts everything; what
/// it cannot know is checked when a server starts.
pub mod no_server {
    use super::{Declaration, Declared};

    /// The stand-in.
    #[expect(
        non_camel_case_types,
        reason = "the name is read in the error for a second server"
    )]
    #[derive(Debug)]
    pub struct __one_fastmcp_server_per_crate_root;

    impl Declared for __one_fastmcp_server_per_crate_root {
        const DECLARED: Declaration = Declaration {
            known: false,
            server: "",
            auth: false,
            roles: &[],
            scopes: &[],
        };
    }
}
