use fastmcp::prelude::*;

#[server(auth = google, refresh_token_ttl = "30d")]
struct Notes;

fn main() {}
