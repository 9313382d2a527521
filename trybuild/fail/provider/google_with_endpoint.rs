use fastmcp::prelude::*;

#[server(auth = google(token_endpoint = "https://id.example.com/token"))]
struct Notes;

fn main() {}
