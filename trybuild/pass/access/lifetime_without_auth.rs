use fastmcp::prelude::*;

#[server(auth = google, access_token_ttl = "1h", consent_required)]
struct Notes;

fn main() {}
