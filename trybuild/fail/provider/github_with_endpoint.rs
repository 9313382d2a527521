use fastmcp::prelude::*;

#[server(auth = github(authorization_endpoint = "https://git.example.com/login"))]
struct Notes;

fn main() {}
