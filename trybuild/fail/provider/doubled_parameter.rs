use fastmcp::prelude::*;

#[server(auth = google, extra_authorization_params = [("hd", "a.com"), ("hd", "b.com")])]
struct Notes;

fn main() {}
