use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "90m")]
struct Notes;

fn main() {}
