use fastmcp::prelude::*;

#[server(auth = google, store = "disk:/var/lib/notes", unencrypted_for_development)]
struct Notes;

fn main() {}
