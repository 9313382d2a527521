use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin", "editor"])]
struct Notes;

/// Delete every note.
#[tool(roles = ["admin", "edtior"])]
fn purge() {}

fn main() {}
