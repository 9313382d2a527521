use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://notes.example.com:8443")]
struct Notes;

fn main() {}
