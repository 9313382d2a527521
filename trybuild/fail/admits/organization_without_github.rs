use fastmcp::prelude::*;

#[server(auth = google, admits = organization("acme"))]
struct Notes;

fn main() {}
