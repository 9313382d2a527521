use fastmcp::prelude::*;

#[server(auth = azure(tenant = "https://login.example.com"))]
struct Notes;

fn main() {}
