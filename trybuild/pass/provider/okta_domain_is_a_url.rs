use fastmcp::prelude::*;

#[server(auth = okta(domain = "acme.okta.com"))]
struct Notes;

fn main() {}
