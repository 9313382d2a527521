use fastmcp::prelude::*;

#[server(auth = google, admits = email_domain("*.example.com"))]
struct Notes;

fn main() {}
