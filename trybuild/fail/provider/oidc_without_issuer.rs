use fastmcp::prelude::*;

#[server(auth = oidc(scopes = ["openid"]))]
struct Notes;

fn main() {}
