use fastmcp::prelude::*;

#[server(auth = dev, upstream_request_timeout = "5s", forward_pkce)]
struct Notes;

fn main() {}
