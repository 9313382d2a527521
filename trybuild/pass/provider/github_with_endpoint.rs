use fastmcp::prelude::*;

#[server(auth = custom(
    authorization_endpoint = "https://git.example.com/login",
    token_endpoint = "https://git.example.com/token",
))]
struct Notes;

fn main() {}
