use fastmcp::prelude::*;

#[server(auth = none)]
struct Notes;

fn main() {}
