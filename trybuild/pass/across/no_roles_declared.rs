use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin"])]
struct Notes;

/// Delete every note.
#[tool(access = role("admin") || scope("notes:write"))]
fn purge() {}

fn main() {}
