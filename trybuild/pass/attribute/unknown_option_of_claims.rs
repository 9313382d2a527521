use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(claim_prefix = "up_"))]
struct Notes;

fn main() {}
