use fastmcp::prelude::*;

#[server(auth = dev(users = ["ann"]))]
struct Notes;

fn main() {}
