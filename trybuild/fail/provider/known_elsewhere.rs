use fastmcp::prelude::*;

#[server(auth = zitadel)]
struct Notes;

fn main() {}
