use fastmcp::prelude::*;

#[server(name = " ")]
struct Notes;

fn main() {}
