use fastmcp::prelude::*;

#[server(auth = google, store = "disk:/var/lib/notes")]
struct Notes;

fn main() {}
