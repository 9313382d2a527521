use fastmcp::prelude::*;

#[server(auth = google, jwt_key_pair = "-----BEGIN PRIVATE KEY-----")]
struct Notes;

fn main() {}
