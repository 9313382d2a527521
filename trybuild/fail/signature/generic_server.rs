use fastmcp::prelude::*;

#[server]
struct Notes<T>(T);

fn main() {}
