//! The one door for generated code: everything that `#[server]` and `#[tool]` may name.
//!
//! Nothing here is for people. [`Probe`] asks a type a question that it may answer with no;
//! `faults` turns answers into the words of a compile error; [`no_server`] stands in for a server
//! that a library of tools does not have.

#[path = "private/admits.rs"]
mod admits;
#[path = "private/answer.rs"]
mod answer;
#[path = "private/by_hand.rs"]
mod by_hand;
#[path = "private/probe.rs"]
mod probe;
#[path = "private/running.rs"]
mod running;
#[path = "private/suggests.rs"]
mod suggests;
#[path = "private/verdict.rs"]
mod verdict;

pub use std::any::Any;
pub use std::boxed::Box;
pub use std::convert::From;
pub use std::default::Default;
pub use std::marker::{Send, Sync};
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{self, Err, Ok};
pub use std::string::String;
pub use std::time::Duration;
pub use std::vec::Vec;

pub use axum::Router;
pub use fastmcp_macros::items_fit;
pub use futures_util::future::BoxFuture;
pub use inventory;

pub use self::admits::{Admits, AdmitsLater, AdmitsNobody};
pub use self::answer::{Decides, DecidesLater, Names, Unfit};
pub use self::by_hand::{ByHand, GivenAsData, GivenByFunction, GivenByNothing};
pub use self::probe::{Absent, Asked, Probe};
pub use self::running::{Running, Stuck};
pub use self::suggests::{
    Suggests, SuggestsLater, SuggestsNothing, SuggestsOrFails, SuggestsOrFailsLater,
};
pub use self::verdict::{holds, never};
pub use crate::auth::{Predicate, Rule};
use crate::faults;
pub use crate::faults::{
    Declaration, Declared, admission_fits, answer_fits, argument_fits, default_fits,
    dev_stays_at_home, error_fits, field_fits, future_fits, header_fits, input_schema_fits,
    loan_fits, predicate_fits, role_is_declared, roles_from_fits, scope_is_declared,
    server_has_auth, state_fits, suggestions_fit, text_fits,
};
use crate::item::ToolError;
pub use crate::item::{
    Annotations, Argument, Borrowed, Call, Completer, Completing, InputSchema, Outcome, Parameter,
    PromptArgument, PromptEntry, PromptOutcome, ReadOutcome, ResourceEntry, Schema, Slots,
    TaskSupport, ToolEntry, Variable, WrittenSchema,
};
pub use crate::oauth::{ClientAuthentication, Registration};
pub use crate::provider::{self, Admission, Identity};
pub use crate::server::{AuthDeclaration, Server, ServerDeclaration};
pub use crate::token::claims::Passthrough;

/// The server of an attribute with a mistake. It is never called: the program did not compile.
pub fn unbuilt<T>(_app: T) -> crate::server::Server {
    std::process::abort()
}

/// What starting a server gives, under the name that it has for users.
pub mod start {
    pub use crate::Result;
}

/// One call of an item: what its function gave, or why it was not called.
pub fn run<'a, O>(call: impl Future<Output = Result<O, O>> + Send + 'a) -> BoxFuture<'a, O> {
    Box::pin(async { call.await.unwrap_or_else(|refused| refused) })
}

/// What the server lends; without it, a fault of the program, for the log.
///
/// # Errors
/// The server has nothing of the type that `item` borrows.
pub fn lent<'a, T: ?Sized>(
    loan: Option<&'a T>,
    item: &'static str,
    lent: &'static str,
) -> Result<&'a T, ToolError> {
    loan.ok_or_else(|| ToolError::from(NotLent { item, lent }))
}

/// `redirect_path` must not be a route that the server has already.
#[track_caller]
pub const fn path_is_free(path: &str) {
    faults::path_is_free(path, &crate::oauth::TAKEN_PATHS);
}

/// A claim that is let through must be one that can pass.
#[track_caller]
pub const fn claim_may_pass(claim: &str) {
    faults::claim_may_pass(claim, &crate::token::claims::PROTECTED);
}

#[derive(Debug)]
struct NotLent {
    item: &'static str,
    lent: &'static str,
}

impl std::fmt::Display for NotLent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the server has no `{}` to lend to {}",
            self.lent, self.item
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
    pub struct __FM0605_one_server_per_module;

    impl Declared for __FM0605_one_server_per_module {
        const DECLARED: Declaration = Declaration {
            known: false,
            server: "",
            auth: false,
            roles: &[],
            scopes: &[],
        };
    }
}
