use fastmcp::prelude::*;

#[server(auth = google, store = "dsik:/var/lib/notes")]
struct Notes;

fn main() {}
