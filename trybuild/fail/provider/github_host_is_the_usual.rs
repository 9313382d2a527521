use fastmcp::prelude::*;

#[server(auth = github(host = "github.com"))]
struct Notes;

fn main() {}
