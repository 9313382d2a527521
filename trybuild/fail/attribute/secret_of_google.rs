use fastmcp::prelude::*;

#[server(auth = google, client_secret = "s3cr3t")]
struct Notes;

fn main() {}
