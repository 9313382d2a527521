use fastmcp::prelude::*;

#[server(auth = google, roles = ["editor"])]
struct Notes;

/// Delete every note.
#[tool(roles = ["admin"])]
fn purge() {}

fn main() {}
