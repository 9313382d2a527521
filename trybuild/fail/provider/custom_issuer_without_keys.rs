use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "https://id.example.com/authorize",
    token_endpoint = "https://id.example.com/token",
    issuer = "https://id.example.com",
))]
struct Notes;

fn main() {}
