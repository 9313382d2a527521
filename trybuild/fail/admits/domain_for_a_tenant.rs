use fastmcp::prelude::*;

#[server(auth = azure, admits = tenant("example.com"))]
struct Notes;

fn main() {}
