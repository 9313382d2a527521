use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["https://app.example.com"])]
struct Notes;

fn main() {}
