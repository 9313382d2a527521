use fastmcp::prelude::*;

#[server(anonymous)]
struct Notes;

fn main() {}
