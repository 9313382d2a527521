use fastmcp::prelude::*;

#[server(auth = google, admits = email_domain("example.com") && email_domain("example.org"))]
struct Notes;

fn main() {}
