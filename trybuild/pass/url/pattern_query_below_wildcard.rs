use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["https://app.example.com/cb?x=1"])]
struct Notes;

fn main() {}
