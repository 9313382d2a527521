use fastmcp::prelude::*;

#[server(auth = github(host = "https://github.example.com"))]
struct Notes;

fn main() {}
