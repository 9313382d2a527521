use fastmcp::prelude::*;

#[server(auth = google, base_url = "ftp://notes.example.com")]
struct Notes;

fn main() {}
