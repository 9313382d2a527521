use fastmcp::prelude::*;

#[server(auth = dev, base_url = "http://localhost:8000")]
struct Notes;

fn main() {}
