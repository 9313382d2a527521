use fastmcp::prelude::*;

#[server(auth = google, anonymous(true))]
struct Notes;

fn main() {}
