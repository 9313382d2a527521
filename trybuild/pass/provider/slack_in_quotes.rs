use fastmcp::prelude::*;

#[server(auth = slack)]
struct Notes;

fn main() {}
