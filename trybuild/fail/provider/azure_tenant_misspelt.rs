use fastmcp::prelude::*;

#[server(auth = azure(tenant = "organisations"))]
struct Notes;

fn main() {}
