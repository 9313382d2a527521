use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "/.well-known/back")]
struct Notes;

fn main() {}
