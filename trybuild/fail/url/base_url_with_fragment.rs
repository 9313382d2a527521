use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://notes.example.com/#top")]
struct Notes;

fn main() {}
