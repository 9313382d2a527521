use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "24h")]
struct Notes;

fn main() {}
