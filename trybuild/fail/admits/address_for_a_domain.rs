use fastmcp::prelude::*;

#[server(auth = google, admits = email_domain("ada@example.com"))]
struct Notes;

fn main() {}
