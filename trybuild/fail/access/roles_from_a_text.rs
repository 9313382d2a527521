use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin"], roles_from = "roles_of")]
struct Notes;

fn main() {}
