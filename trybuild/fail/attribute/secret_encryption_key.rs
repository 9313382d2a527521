use fastmcp::prelude::*;

#[server(auth = google, encryption_key = "s3cr3t")]
struct Notes;

fn main() {}
