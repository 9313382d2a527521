use fastmcp::prelude::*;

#[server(auth = dev)]
struct Notes;

fn main() {}
