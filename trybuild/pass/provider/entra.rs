use fastmcp::prelude::*;

#[server(auth = azure)]
struct Notes;

fn main() {}
