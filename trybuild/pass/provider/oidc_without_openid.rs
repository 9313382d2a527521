use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://id.example.com", scopes = ["openid", "email"]))]
struct Notes;

fn main() {}
