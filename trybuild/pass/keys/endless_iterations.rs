use fastmcp::prelude::*;

#[server(auth = google, secret_iterations = 1_000_000)]
struct Notes;

fn main() {}
