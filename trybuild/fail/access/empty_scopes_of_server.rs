use fastmcp::prelude::*;

#[server(auth = google, scopes = [])]
struct Notes;

fn main() {}
