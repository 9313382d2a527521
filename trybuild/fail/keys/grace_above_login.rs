use fastmcp::prelude::*;

#[server(auth = google, refresh_token_ttl = "30m", refresh_grace = "45m")]
struct Notes;

fn main() {}
