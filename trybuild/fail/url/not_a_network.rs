use fastmcp::prelude::*;

#[server(auth = google, trusted_proxies = ["10.0.0.0/8", "proxy.internal"])]
struct Notes;

fn main() {}
