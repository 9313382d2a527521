use fastmcp::prelude::*;

#[server(auth = custom())]
struct Notes;

fn main() {}
