use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://example.com/notes/mcp")]
struct Notes;

fn main() {}
