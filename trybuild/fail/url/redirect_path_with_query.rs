use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "/oauth/back?x=1")]
struct Notes;

fn main() {}
