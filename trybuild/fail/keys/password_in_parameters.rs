use fastmcp::prelude::*;

#[server(
    auth = custom,
    extra_authorization_params = [("api_key", "abc")],
)]
struct Notes;

fn main() {}
