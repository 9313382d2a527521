//! `examples/src/everything` on standard input and output.
#![allow(
    clippy::needless_pass_by_value,
    reason = "an owned parameter is what the client sends"
)]

#[path = "../../../examples/src/everything/ask.rs"]
mod ask;
#[path = "../../../examples/src/everything/content.rs"]
mod content;
#[path = "../../../examples/src/everything/live.rs"]
mod live;
#[path = "../../../examples/src/everything/prompts.rs"]
mod prompts;
#[path = "../../../examples/src/everything/resources.rs"]
mod resources;
#[path = "../../../examples/src/everything/schema.rs"]
mod schema;
#[path = "../../../examples/src/everything/tasks.rs"]
mod tasks;

use fastmcp::prelude::*;

/// One of each: tools, resources, prompts, questions to the client, and tasks.
#[server]
struct Everything;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Everything.stdio().await
}
