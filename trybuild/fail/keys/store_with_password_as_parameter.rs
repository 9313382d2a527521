use fastmcp::prelude::*;

#[server(auth = google, store = "redis://cache.internal?pass=abc")]
struct Notes;

fn main() {}
