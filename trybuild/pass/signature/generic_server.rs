use fastmcp::prelude::*;

#[server]
struct Notes(String);

fn main() {}
