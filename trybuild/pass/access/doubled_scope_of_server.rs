use fastmcp::prelude::*;

#[server(auth = google, scopes = ["a", "b"])]
struct Notes;

fn main() {}
