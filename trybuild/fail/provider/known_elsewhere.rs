use fastmcp::prelude::*;

#[server(auth = keycloak)]
struct Notes;

fn main() {}
