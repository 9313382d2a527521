use fastmcp::prelude::*;

#[server(okta)]
struct Notes;

fn main() {}
