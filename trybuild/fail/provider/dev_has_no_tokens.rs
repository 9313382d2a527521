use fastmcp::prelude::*;

#[server(auth = dev, enable_token_swap = false)]
struct Notes;

fn main() {}
