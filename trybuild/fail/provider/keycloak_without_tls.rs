use fastmcp::prelude::*;

#[server(auth = keycloak(url = "http://id.example.com", realm = "staff"))]
struct Notes;

fn main() {}
