use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "3600")]
struct Notes;

fn main() {}
