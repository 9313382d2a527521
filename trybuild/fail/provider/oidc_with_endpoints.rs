use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://id.example.com", token_endpoint = "https://id.example.com/token"))]
struct Notes;

fn main() {}
