use fastmcp::prelude::*;

#[server(auth = azure(tenant = "organizations"))]
struct Notes;

fn main() {}
