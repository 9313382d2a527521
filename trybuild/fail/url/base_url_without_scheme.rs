use fastmcp::prelude::*;

#[server(auth = google, base_url = "notes.example.com")]
struct Notes;

fn main() {}
