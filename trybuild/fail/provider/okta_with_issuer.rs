use fastmcp::prelude::*;

#[server(auth = okta(issuer = "https://acme.okta.com/oauth2/staff"))]
struct Notes;

fn main() {}
