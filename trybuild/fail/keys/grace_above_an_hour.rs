use fastmcp::prelude::*;

#[server(auth = google, refresh_grace = "2h")]
struct Notes;

fn main() {}
