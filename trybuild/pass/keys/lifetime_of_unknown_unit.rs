use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "14h")]
struct Notes;

fn main() {}
