use fastmcp::prelude::*;

#[server(auth = okta(domain = "acme.okta.com", authorization_server = "https://acme.okta.com/oauth2/staff"))]
struct Notes;

fn main() {}
