use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://ann:pw@notes.example.com")]
struct Notes;

fn main() {}
