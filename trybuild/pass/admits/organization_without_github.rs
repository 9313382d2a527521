use fastmcp::prelude::*;

#[server(auth = github, admits = organization("acme"))]
struct Notes;

fn main() {}
