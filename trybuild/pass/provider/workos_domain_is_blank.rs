use fastmcp::prelude::*;

#[server(auth = workos(domain = "acme.authkit.app"))]
struct Notes;

fn main() {}
