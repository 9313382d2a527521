use fastmcp::prelude::*;

#[server(auth = google, transaction_ttl = -5)]
struct Notes;

fn main() {}
