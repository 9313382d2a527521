use fastmcp::prelude::*;

#[server(auth = oidc)]
struct Notes;

fn main() {}
