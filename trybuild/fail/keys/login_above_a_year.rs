use fastmcp::prelude::*;

#[server(auth = google, refresh_token_ttl = "400d")]
struct Notes;

fn main() {}
