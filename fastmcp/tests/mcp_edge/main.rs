//! The MCP endpoint from outside: HTTP in, HTTP out, entries written by hand.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod access;
mod completion;
mod fixture;
mod hooks;
mod items;
mod legacy;
mod listened;
mod listening;
mod mirrored;
mod modern;
mod prompts;
mod replay;
mod resources;
mod rules;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests from outside"
)]
#[path = "../../../tests/src/schema/mod.rs"]
mod schema;
mod seeds;
mod socket;
mod standing;
mod subscriptions;
