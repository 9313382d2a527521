use fastmcp::prelude::*;

#[server(auth = gitlab(host = "gitlab.example.com"))]
struct Notes;

fn main() {}
