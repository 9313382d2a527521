use fastmcp::prelude::*;

#[server(auth = github, admits = hosted_domain("example.com"))]
struct Notes;

fn main() {}
