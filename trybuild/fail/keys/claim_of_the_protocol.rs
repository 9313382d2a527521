use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(allowed_claims = ["groups", "sub"]))]
struct Notes;

fn main() {}
