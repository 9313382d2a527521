use fastmcp::prelude::*;

#[server(auth = google, auth = github)]
struct Notes;

fn main() {}
