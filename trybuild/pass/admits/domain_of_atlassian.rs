use fastmcp::prelude::*;

#[server(auth = slack, admits = email_domain("example.com"))]
struct Notes;

fn main() {}
