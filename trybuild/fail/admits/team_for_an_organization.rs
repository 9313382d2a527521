use fastmcp::prelude::*;

#[server(auth = github, admits = organization("acme/ops"))]
struct Notes;

fn main() {}
