use fastmcp::prelude::*;

#[server(auth = google, secret_iterations = 100_000)]
struct Notes;

fn main() {}
