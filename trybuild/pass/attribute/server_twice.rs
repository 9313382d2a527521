use fastmcp::prelude::*;

#[server(name = "notes", title = "Notes")]
struct Notes;

fn main() {}
