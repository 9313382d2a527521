use fastmcp::prelude::*;

#[server(auth = google, encryption_key = false)]
struct Notes;

fn main() {}
