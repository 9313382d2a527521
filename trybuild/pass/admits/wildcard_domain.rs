use fastmcp::prelude::*;

#[server(auth = google, admits = email_domain("eu.example.com") || email_domain("us.example.com"))]
struct Notes;

fn main() {}
