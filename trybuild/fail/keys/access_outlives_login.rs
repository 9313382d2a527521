use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "2h", refresh_token_ttl = "1h")]
struct Notes;

fn main() {}
