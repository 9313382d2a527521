use fastmcp::prelude::*;

#[server(auth = google, enable_token_swap = false, access_token_ttl = "1h")]
struct Notes;

fn main() {}
