use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "0s")]
struct Notes;

fn main() {}
