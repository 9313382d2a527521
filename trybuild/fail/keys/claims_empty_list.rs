use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(allowed_claims = []))]
struct Notes;

fn main() {}
