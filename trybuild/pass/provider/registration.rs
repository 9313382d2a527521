use fastmcp::prelude::*;

#[server(auth = google, registration = "off")]
struct Notes;

fn main() {}
