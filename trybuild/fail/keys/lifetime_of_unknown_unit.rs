use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "1 fortnight")]
struct Notes;

fn main() {}
