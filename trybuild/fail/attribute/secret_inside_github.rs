use fastmcp::prelude::*;

#[server(auth = github(client_secret = "s3cr3t"))]
struct Notes;

fn main() {}
