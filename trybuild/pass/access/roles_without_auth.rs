use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin"])]
struct Notes;

fn main() {}
