use fastmcp::prelude::*;

#[server(auth = google, refresh_token_ttl = "30 days")]
struct Notes;

fn main() {}
