use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://example.okta.com"))]
struct Notes;

fn main() {}
