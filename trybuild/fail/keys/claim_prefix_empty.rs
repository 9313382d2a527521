use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(claim_prefix = ""))]
struct Notes;

fn main() {}
