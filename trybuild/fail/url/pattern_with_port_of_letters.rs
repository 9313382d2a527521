use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["http://localhost:80*/cb"])]
struct Notes;

fn main() {}
