use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["https://*"])]
struct Notes;

fn main() {}
