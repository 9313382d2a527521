use fastmcp::prelude::*;

#[server(auth = google, extra_authorization_params = [("state", "x")])]
struct Notes;

fn main() {}
