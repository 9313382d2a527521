use fastmcp::prelude::*;

#[server(auth = atlassian, admits = email_domain("example.com"))]
struct Notes;

fn main() {}
