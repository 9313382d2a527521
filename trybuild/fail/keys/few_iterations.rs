use fastmcp::prelude::*;

#[server(auth = google, secret_iterations = 10_000)]
struct Notes;

fn main() {}
