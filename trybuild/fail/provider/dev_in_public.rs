use fastmcp::prelude::*;

#[server(auth = dev, base_url = "https://notes.example.com")]
struct Notes;

fn main() {}
