use fastmcp::prelude::*;

#[server(auth = github)]
struct Notes;

fn main() {}
