use fastmcp::prelude::*;

#[server(auth = google, authorization_code_ttl = "11m")]
struct Notes;

fn main() {}
