use fastmcp::prelude::*;

#[server(auth = google, base_url = "http://notes.example.com")]
struct Notes;

fn main() {}
