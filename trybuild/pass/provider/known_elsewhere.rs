use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://login.example.com/realms/example"))]
struct Notes;

fn main() {}
