//! `#[resource]`, `#[prompt]` and `#[arg(complete = …)]` from outside, over HTTP: what is listed,
//! read, got and suggested, and by whom.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    reason = "items own their arguments and may be async"
)]

mod caller;
mod completions;
mod declared;
mod prompts;
mod resources;

use fastmcp::prelude::*;

/// Books to read.
#[server(auth = dev, roles = ["librarian"], scopes = ["books:read"])]
struct Library {
    titles: Vec<&'static str>,
}
