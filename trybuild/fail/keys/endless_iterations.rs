use fastmcp::prelude::*;

#[server(auth = google, secret_iterations = 5_000_000_000)]
struct Notes;

fn main() {}
