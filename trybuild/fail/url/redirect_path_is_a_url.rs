use fastmcp::prelude::*;

#[server(auth = google, redirect_path = "https://notes.example.com/cb")]
struct Notes;

fn main() {}
