use fastmcp::prelude::*;

#[server(auth = okta(domain = "acme"))]
struct Notes;

fn main() {}
