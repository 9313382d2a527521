use fastmcp::prelude::*;

#[server(auth = google, role = ["admin"])]
struct Notes;

fn main() {}
