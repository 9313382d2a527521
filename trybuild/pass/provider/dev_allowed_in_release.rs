use fastmcp::prelude::*;

#[server(auth = dev(allow_release))]
struct Notes;

fn main() {}
