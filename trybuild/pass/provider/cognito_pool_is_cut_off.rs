use fastmcp::prelude::*;

#[server(auth = cognito(user_pool = "eu-west-1_AbCdEfGhI"))]
struct Notes;

fn main() {}
