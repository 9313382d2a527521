use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://id.example.com", scopes = ["openid"]))]
struct Notes;

fn main() {}
