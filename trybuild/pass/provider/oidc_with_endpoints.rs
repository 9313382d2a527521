use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://id.example.com"))]
struct Notes;

fn main() {}
