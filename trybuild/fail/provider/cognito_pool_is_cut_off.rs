use fastmcp::prelude::*;

#[server(auth = cognito(user_pool = "AbCdEfGhI"))]
struct Notes;

fn main() {}
