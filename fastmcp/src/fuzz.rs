//! Targets for a fuzzer: each takes bytes, and panics where what we promise does not hold.
//!
//! `fuzz/` runs them (`CONTRIBUTING.md` says how). Here every seed that is committed there runs
//! once in the ordinary tests, and again with random changes.

pub use crate::limits::fuzz::forwarded;
pub use crate::mcp::fuzz::frame;
pub use crate::oauth::fuzz::{answer, client_auth, document, form, page, registration};
pub use crate::spec::fuzz::{address, redirect, words};
pub use crate::store::fuzz::record;
pub use crate::token::fuzz::{assertion, jwt};

#[cfg(test)]
#[path = "fuzz/tests.rs"]
mod tests;
