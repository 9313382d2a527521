use fastmcp::prelude::*;

#[server(auth = google, upstream_request_timeout = "60s")]
struct Notes;

fn main() {}
