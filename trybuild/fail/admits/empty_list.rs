use fastmcp::prelude::*;

#[server(auth = google, admits = [])]
struct Notes;

fn main() {}
