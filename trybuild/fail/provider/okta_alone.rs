use fastmcp::prelude::*;

#[server(auth = okta)]
struct Notes;

fn main() {}
