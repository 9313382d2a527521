//! `#[tool]` from outside: what is registered, what a client may send, what it gets back.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    reason = "tools own their arguments and may be async"
)]

mod calls;
mod declared;
mod rules;
mod schemas;
