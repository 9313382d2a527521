use fastmcp::prelude::*;

#[server(auth = google, transaction_ttl = "61m")]
struct Notes;

fn main() {}
