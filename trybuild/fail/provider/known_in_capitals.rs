use fastmcp::prelude::*;

#[server(auth = GitHub)]
struct Notes;

fn main() {}
