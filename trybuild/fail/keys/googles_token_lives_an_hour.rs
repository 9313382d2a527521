use fastmcp::prelude::*;

#[server(auth = google, enable_token_swap = false, access_token_ttl = "2h")]
struct Notes;

fn main() {}
