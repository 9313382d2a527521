use fastmcp::prelude::*;

#[server(auth = github, admits = team("ops"))]
struct Notes;

fn main() {}
