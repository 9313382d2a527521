use fastmcp::prelude::*;

#[server(auth = google, transaction_ttl = "1h")]
struct Notes;

fn main() {}
