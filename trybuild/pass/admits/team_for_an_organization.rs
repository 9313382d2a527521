use fastmcp::prelude::*;

#[server(auth = github, admits = team("acme/ops"))]
struct Notes;

fn main() {}
