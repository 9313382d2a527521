use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(allowed_claims = ["hd", "groups"], blocked_claims = ["hd"]))]
struct Notes;

fn main() {}
