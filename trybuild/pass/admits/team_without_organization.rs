use fastmcp::prelude::*;

#[server(auth = github, admits = organization("acme") || team("acme/ops"))]
struct Notes;

fn main() {}
