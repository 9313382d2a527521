use fastmcp::prelude::*;

#[server(auth = gogle)]
struct Notes;

fn main() {}
