use fastmcp::prelude::*;

#[server(admits = email_domain("example.com"))]
struct Notes;

fn main() {}
