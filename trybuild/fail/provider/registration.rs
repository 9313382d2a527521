use fastmcp::prelude::*;

#[server(auth = google, registration = "of")]
struct Notes;

fn main() {}
