use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "/cb")]
struct Notes;

fn main() {}
