use fastmcp::prelude::*;

#[server(auth = google, extra_authorization_params = [("access_type", "offline")])]
struct Notes;

fn main() {}
