use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "/oauth/back")]
struct Notes;

fn main() {}
