use fastmcp::prelude::*;

#[server]
struct Notes;

/// Does something.
#[tool]
fn purge(_app: &Notes) {}

fn main() {}
