use fastmcp::prelude::*;

#[server(auth = google, admits = domain("example.com"))]
struct Notes;

fn main() {}
