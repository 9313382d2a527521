use fastmcp::prelude::*;

#[server(auth = keycloak(url = "https://id.example.com"))]
struct Notes;

fn main() {}
