use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["http://localhost:*"])]
struct Notes;

fn main() {}
