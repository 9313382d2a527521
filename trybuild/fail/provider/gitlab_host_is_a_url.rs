use fastmcp::prelude::*;

#[server(auth = gitlab(host = "https://gitlab.example.com"))]
struct Notes;

fn main() {}
