use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "/oauth/token")]
struct Notes;

fn main() {}
