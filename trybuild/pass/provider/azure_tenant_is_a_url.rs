use fastmcp::prelude::*;

#[server(auth = azure(tenant = "login.example.com"))]
struct Notes;

fn main() {}
