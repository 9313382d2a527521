use fastmcp::prelude::*;

#[server(auth = google, store = "disk:")]
struct Notes;

fn main() {}
