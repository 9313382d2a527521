use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://notes.example.com:80443")]
struct Notes;

fn main() {}
