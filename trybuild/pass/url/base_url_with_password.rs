use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://notes.example.com")]
struct Notes;

fn main() {}
