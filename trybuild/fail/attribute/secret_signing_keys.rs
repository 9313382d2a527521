use fastmcp::prelude::*;

#[server(auth = google, jwt_signing_key = "a", consent_signing_key = "b")]
struct Notes;

fn main() {}
