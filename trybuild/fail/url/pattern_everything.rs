use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["*"])]
struct Notes;

fn main() {}
