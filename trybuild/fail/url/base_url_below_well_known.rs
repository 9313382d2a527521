use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://example.com/.well-known/notes")]
struct Notes;

fn main() {}
