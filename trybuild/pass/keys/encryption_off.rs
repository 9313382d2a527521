use fastmcp::prelude::*;

#[server(auth = google, unencrypted_for_development)]
struct Notes;

fn main() {}
