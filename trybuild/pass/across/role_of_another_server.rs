use fastmcp::prelude::*;

#[server(auth = google, roles = ["editor", "admin"])]
struct Notes;

/// Delete every note.
#[tool(roles = ["admin"])]
fn purge() {}

fn main() {}
