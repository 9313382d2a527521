use fastmcp::prelude::*;

#[server(auth = azure(scopes = ["openid", "User.Read"]))]
struct Notes;

fn main() {}
