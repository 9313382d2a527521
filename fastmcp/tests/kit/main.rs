//! The test kit, as the tests of somebody's server use it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(clippy::needless_pass_by_value, reason = "items own their arguments")]

mod asking;
mod callers;
mod contract;
mod items;
mod logins;
mod notes;
mod presets;

use fastmcp::prelude::*;
use fastmcp::provider::Identity;

/// Notes for a small team.
#[server(
    auth = custom,
    roles = ["admin"],
    scopes = ["notes:write"],
    roles_from = roles_of,
)]
pub(crate) struct Notes {
    what: &'static str,
}

/// Whoever writes from the operators' domain is an admin.
fn roles_of(person: &Identity) -> Vec<&'static str> {
    let mail = person.verified_email().unwrap_or_default();
    if mail.ends_with("@ops.example.com") || person.roles().contains("admin") {
        vec!["admin"]
    } else {
        vec![]
    }
}

pub(crate) fn notes() -> Notes {
    Notes { what: "notes" }
}
