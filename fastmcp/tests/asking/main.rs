//! Tools, prompts and resources that ask their client, over HTTP, in both eras of the protocol.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(clippy::needless_pass_by_value, reason = "tools own their arguments")]

mod fixture;
mod handshake;
mod hostile;
mod items;
mod log;
mod names;
mod rounds;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests from outside"
)]
#[path = "../../../tests/src/schema/mod.rs"]
mod schema;
mod states;
mod task_client;
mod task_nodes;
mod task_questions;
mod task_tools;
mod tasks;
mod tools;
