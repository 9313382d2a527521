use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://id.example.com", scopes = ["email"]))]
struct Notes;

fn main() {}
