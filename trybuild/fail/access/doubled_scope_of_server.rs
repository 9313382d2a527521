use fastmcp::prelude::*;

#[server(auth = google, scopes = ["a", "b", "a"])]
struct Notes;

fn main() {}
