use fastmcp::prelude::*;

#[server(auth = google, base_url = "https://notes.example.com/?tenant=1")]
struct Notes;

fn main() {}
