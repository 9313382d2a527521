use fastmcp::prelude::*;

#[server(auth = auth0(domain = "acme.eu.auth0.com"))]
struct Notes;

fn main() {}
