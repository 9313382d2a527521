use fastmcp::prelude::*;

#[server(google)]
struct Notes;

fn main() {}
