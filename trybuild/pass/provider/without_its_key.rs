use fastmcp::prelude::*;

#[server(auth = google)]
struct Notes;

fn main() {}
