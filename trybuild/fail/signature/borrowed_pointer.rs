use fastmcp::prelude::*;

#[server]
struct Notes;

/// Does something.
#[tool]
fn purge(_app: &std::sync::Arc<Notes>) {}

fn main() {}
