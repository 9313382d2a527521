use fastmcp::prelude::*;

#[server(auth = google, authorization_code_ttl = "1s")]
struct Notes;

fn main() {}
