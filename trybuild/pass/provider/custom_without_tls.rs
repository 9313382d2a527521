use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "https://id.example.com/authorize",
    token_endpoint = "https://id.example.com/token",
))]
struct Notes;

fn main() {}
