use fastmcp::prelude::*;

#[server(roles = ["admin"])]
struct Notes;

fn main() {}
