use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://login.example.com"))]
struct Notes;

fn main() {}
