use fastmcp::prelude::*;

#[server(auth = google, anonymous)]
struct Notes;

fn main() {}
