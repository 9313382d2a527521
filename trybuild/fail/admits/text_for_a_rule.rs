use fastmcp::prelude::*;

#[server(auth = google, admits = "example.com")]
struct Notes;

fn main() {}
