use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["http://localhost:*/cb"])]
struct Notes;

fn main() {}
