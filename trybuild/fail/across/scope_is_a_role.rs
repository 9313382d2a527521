use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin"], scopes = ["notes:write"])]
struct Notes;

/// Delete every note.
#[tool(access = scope("admin"))]
fn purge() {}

fn main() {}
