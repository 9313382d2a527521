use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(max_claim_value_size = 0))]
struct Notes;

fn main() {}
