use fastmcp::prelude::*;

/// Delete every note.
#[tool]
fn purge(_app: &Notes) {}

#[server]
struct Notes;

fn main() {}
