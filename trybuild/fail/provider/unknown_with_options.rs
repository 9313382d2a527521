use fastmcp::prelude::*;

#[server(auth = zitadel(issuer = "https://login.example.com"))]
struct Notes;

fn main() {}
