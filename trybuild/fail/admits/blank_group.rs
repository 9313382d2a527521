use fastmcp::prelude::*;

#[server(auth = azure, admits = group(" "))]
struct Notes;

fn main() {}
