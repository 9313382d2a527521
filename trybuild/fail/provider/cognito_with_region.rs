use fastmcp::prelude::*;

#[server(auth = cognito(region = "eu-west-1", user_pool = "eu-west-1_AbCdEfGhI"))]
struct Notes;

fn main() {}
