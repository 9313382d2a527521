use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://login.example.com"), admits = group("staff"))]
struct Notes;

fn main() {}
