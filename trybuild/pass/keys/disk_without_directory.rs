use fastmcp::prelude::*;

#[server(auth = google, store = "disk:notes")]
struct Notes;

fn main() {}
