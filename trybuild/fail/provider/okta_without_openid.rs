use fastmcp::prelude::*;

#[server(auth = okta(domain = "acme.okta.com", scopes = ["email"]))]
struct Notes;

fn main() {}
