use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["javascript://x/*"])]
struct Notes;

fn main() {}
