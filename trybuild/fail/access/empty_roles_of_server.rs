use fastmcp::prelude::*;

#[server(auth = google, roles = [])]
struct Notes;

fn main() {}
