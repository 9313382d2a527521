use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://example.com/notes", redirect_path = "/oauth/back")]
struct Notes;

fn main() {}
