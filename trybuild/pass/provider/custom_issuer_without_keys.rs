use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "https://id.example.com/authorize",
    token_endpoint = "https://id.example.com/token",
    issuer = "https://id.example.com",
    jwks_uri = "https://id.example.com/keys",
))]
struct Notes;

fn main() {}
