use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "25h")]
struct Notes;

fn main() {}
