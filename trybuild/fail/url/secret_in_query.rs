use fastmcp::prelude::*;

#[server(auth = oidc(issuer = "https://login.example.com?client_secret=abc"))]
struct Notes;

fn main() {}
