use fastmcp::prelude::*;

#[server(
    auth = custom,
    extra_authorization_params = [("prompt", "login")],
)]
struct Notes;

fn main() {}
