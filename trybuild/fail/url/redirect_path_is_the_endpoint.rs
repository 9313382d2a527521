use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "/mcp")]
struct Notes;

fn main() {}
