use fastmcp::prelude::*;

#[server(auth = okta(domain = "https://acme.okta.com/"))]
struct Notes;

fn main() {}
