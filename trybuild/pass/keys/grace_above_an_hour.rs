use fastmcp::prelude::*;

#[server(auth = google, refresh_grace = "1h")]
struct Notes;

fn main() {}
