use fastmcp::prelude::*;

#[server(auth = google, trusted_proxies = ["10.0.0.0/8", "2001:db8::7"])]
struct Notes;

fn main() {}
