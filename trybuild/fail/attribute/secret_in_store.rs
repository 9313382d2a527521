use fastmcp::prelude::*;

#[server(auth = google, store = "redis://:s3cr3t@cache.example.com")]
struct Notes;

fn main() {}
