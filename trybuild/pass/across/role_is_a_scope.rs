use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin"], scopes = ["notes:write"])]
struct Notes;

/// Delete every note.
#[tool(scopes = ["notes:write"])]
fn purge() {}

fn main() {}
