use fastmcp::prelude::*;

#[server(auth = keycloak(url = "https://id.example.com", realm = ""))]
struct Notes;

fn main() {}
