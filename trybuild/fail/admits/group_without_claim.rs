use fastmcp::prelude::*;

#[server(auth = google, admits = group("staff"))]
struct Notes;

fn main() {}
