use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(prefix = "up_"))]
struct Notes;

fn main() {}
