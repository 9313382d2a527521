use fastmcp::prelude::*;

#[server(auth = keycloak(url = "https://id.example.com", realm = "staff"))]
struct Notes;

fn main() {}
