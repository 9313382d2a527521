//! Everything a server can offer, under the names that the official conformance suite asks for.
//!
//! It is open, since the suite has no token to send; `quickstart` shows the same with a login.

mod ask;
mod content;
mod live;
mod prompts;
mod resources;

use fastmcp::prelude::*;

/// One of each: tools, resources, prompts, and questions to the client.
#[server]
struct Everything;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Everything.serve().await
}
