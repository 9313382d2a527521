use fastmcp::prelude::*;

#[server(auth = auth0(domian = "acme.eu.auth0.com"))]
struct Notes;

fn main() {}
