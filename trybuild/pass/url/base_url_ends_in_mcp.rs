use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://example.com/notes")]
struct Notes;

fn main() {}
