use fastmcp::prelude::*;

/// Does something.
#[tool(task = "on_demand")]
async fn purge() {}

fn main() {}
