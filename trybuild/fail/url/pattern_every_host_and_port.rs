use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["http://*:*"])]
struct Notes;

fn main() {}
