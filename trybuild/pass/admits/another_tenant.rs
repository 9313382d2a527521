use fastmcp::prelude::*;

#[server(auth = azure(tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"), admits = email_domain("example.com"))]
struct Notes;

fn main() {}
