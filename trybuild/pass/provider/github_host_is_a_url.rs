use fastmcp::prelude::*;

#[server(auth = github(host = "github.example.com"))]
struct Notes;

fn main() {}
