use fastmcp::prelude::*;

#[server(auth = 5)]
struct Notes;

fn main() {}
