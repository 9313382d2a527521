use fastmcp::prelude::*;

#[server(auth = okta(domain = "acme.okta.com", scopes = ["openid", "email"]))]
struct Notes;

fn main() {}
