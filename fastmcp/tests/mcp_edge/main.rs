//! The MCP endpoint from outside: HTTP in, HTTP out, tools written by hand.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod access;
mod fixture;
mod legacy;
mod listening;
mod mirrored;
mod modern;
mod replay;
mod rules;
mod socket;
mod standing;
mod subscriptions;
