use fastmcp::prelude::*;

#[server(auth = google, admits = email_domain("example.com") || email_domain("Example.com"))]
struct Notes;

fn main() {}
