use fastmcp::prelude::*;

#[server(name = "notes")]
struct Notes;

fn main() {}
