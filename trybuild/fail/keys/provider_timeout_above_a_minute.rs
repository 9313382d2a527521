use fastmcp::prelude::*;

#[server(auth = google, upstream_request_timeout = "2m")]
struct Notes;

fn main() {}
