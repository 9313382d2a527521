use fastmcp::prelude::*;

#[server(auth = okta(domain = "acme.okta.com", authorization_server = "staff"))]
struct Notes;

fn main() {}
