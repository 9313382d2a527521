use fastmcp::prelude::*;

#[server(auth = google, admits = hosted_domain("example.com") && email_domain("example.com"))]
struct Notes;

fn main() {}
