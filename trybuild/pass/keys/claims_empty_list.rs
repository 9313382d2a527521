use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(allowed_claims = ["groups"]))]
struct Notes;

fn main() {}
