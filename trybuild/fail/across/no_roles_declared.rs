use fastmcp::prelude::*;

#[server(auth = google)]
struct Notes;

/// Delete every note.
#[tool(access = role("admin") || scope("notes:write"))]
fn purge() {}

fn main() {}
