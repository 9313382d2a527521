use fastmcp::prelude::*;

#[server(auth = google, upstream_token_endpoint_auth_method = "client_secret_pots")]
struct Notes;

fn main() {}
