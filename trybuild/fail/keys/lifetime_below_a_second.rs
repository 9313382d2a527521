use fastmcp::prelude::*;

#[server(auth = google, authorization_code_ttl = "500ms")]
struct Notes;

fn main() {}
