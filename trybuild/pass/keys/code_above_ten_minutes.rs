use fastmcp::prelude::*;

#[server(auth = google, authorization_code_ttl = "10m")]
struct Notes;

fn main() {}
