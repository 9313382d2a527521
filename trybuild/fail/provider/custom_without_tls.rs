use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "http://id.example.com/authorize",
    token_endpoint = "id.example.com/token",
))]
struct Notes;

fn main() {}
