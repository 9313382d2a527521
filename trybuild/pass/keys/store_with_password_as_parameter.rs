use fastmcp::prelude::*;

#[server(auth = google, store = "redis://cache.internal")]
struct Notes;

fn main() {}
