use fastmcp::prelude::*;

#[server(auth = workos(domain = ""))]
struct Notes;

fn main() {}
