use fastmcp::prelude::*;

#[server(auth = okta(issuer = "https://example.okta.com"))]
struct Notes;

fn main() {}
