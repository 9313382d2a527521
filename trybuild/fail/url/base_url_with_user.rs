use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://ann@notes.example.com")]
struct Notes;

fn main() {}
