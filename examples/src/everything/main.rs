//! Everything a server can offer, under the names that the official conformance suite asks for.
//!
//! It is open, since the suite has no token to send; `quickstart` shows the same with a login.

#![allow(
    clippy::needless_pass_by_value,
    reason = "an owned parameter is what the client sends"
)]

mod ask;
mod content;
mod live;
mod prompts;
mod resources;
mod schema;
mod tasks;

use fastmcp::prelude::*;

/// One of each: tools, resources, prompts, questions to the client, and tasks.
#[server]
struct Everything;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Everything.serve().await
}
