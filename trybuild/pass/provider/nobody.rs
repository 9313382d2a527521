use fastmcp::prelude::*;

#[server]
struct Notes;

fn main() {}
