use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["http://app.example.com/cb"])]
struct Notes;

fn main() {}
