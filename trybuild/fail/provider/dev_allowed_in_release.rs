use fastmcp::prelude::*;

#[server(auth = dev(allow_release = "yes"))]
struct Notes;

fn main() {}
