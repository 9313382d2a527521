use fastmcp::prelude::*;

#[server(auth = google, custom_claims_passthrough(from_access_token = false, from_id_token = false, allowed_claims = ["hd"]))]
struct Notes;

fn main() {}
