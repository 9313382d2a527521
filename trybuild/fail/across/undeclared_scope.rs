use fastmcp::prelude::*;

#[server(auth = google, scopes = ["notes:read", "notes:write"])]
struct Notes;

/// Delete every note.
#[tool(scopes = ["note:write"])]
fn purge() {}

fn main() {}
