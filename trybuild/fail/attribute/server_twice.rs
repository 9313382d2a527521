use fastmcp::prelude::*;

#[server(name = "notes")]
#[server(title = "Notes")]
struct Notes;

fn main() {}
