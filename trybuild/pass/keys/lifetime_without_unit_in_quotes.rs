use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "3600s")]
struct Notes;

fn main() {}
