use fastmcp::prelude::*;

#[server(auth = azure(tenant = "common"))]
struct Notes;

fn main() {}
