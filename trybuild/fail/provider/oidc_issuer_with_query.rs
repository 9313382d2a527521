use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://id.example.com?tenant=1"))]
struct Notes;

fn main() {}
