use fastmcp::prelude::*;

#[server(auth = entra)]
struct Notes;

fn main() {}
