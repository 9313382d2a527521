use fastmcp::prelude::*;

#[server(auth = google, upstream_token_endpoint_auth_method = "client_secret_post")]
struct Notes;

fn main() {}
