use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "1.5h")]
struct Notes;

fn main() {}
