use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "https://id.example.com/authorize",
    token_endpoint = "https://id.example.com/token",
    jwks_uri = "https://id.example.com/keys",
    issuer = "https://id.example.com",
))]
struct Notes;

fn main() {}
