use fastmcp::prelude::*;

#[server(auth = azure(scopes = ["User.Read"]))]
struct Notes;

fn main() {}
