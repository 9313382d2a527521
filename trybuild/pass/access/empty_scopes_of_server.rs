use fastmcp::prelude::*;

#[server(auth = google, scopes = ["notes:write"])]
struct Notes;

fn main() {}
