use fastmcp::prelude::*;

#[server(auth = keycloak(url = "https://id.example.com/realms/staff", realm = "staff"))]
struct Notes;

fn main() {}
