use fastmcp::prelude::*;

#[server(auth = google, bind = "0.0.0.0:80")]
struct Notes;

fn main() {}
