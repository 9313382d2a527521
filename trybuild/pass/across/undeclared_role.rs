use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin", "editor"])]
struct Notes;

/// Delete every note.
#[tool(roles = ["admin", "editor"])]
fn purge() {}

fn main() {}
