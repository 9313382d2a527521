use fastmcp::prelude::*;

#[server(auth = google, transaction_ttl = "-5m")]
struct Notes;

fn main() {}
