use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "https://id.example.com/authorize",
    token_endpoint = "https://id.example.com/token",
    userinfo_endpoint = "https://id.example.com/me",
))]
struct Notes;

fn main() {}
