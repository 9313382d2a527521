use fastmcp::prelude::*;

#[server(auth = google, refresh_token_ttl = "366d")]
struct Notes;

fn main() {}
