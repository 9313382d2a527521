use fastmcp::prelude::*;

#[server(
    auth = google,
    allowed_redirect_uri_patterns = ["https://a.example/cb"],
)]
struct Notes;

fn main() {}
