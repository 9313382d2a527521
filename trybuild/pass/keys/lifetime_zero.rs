use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "1s")]
struct Notes;

fn main() {}
