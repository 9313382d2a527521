use fastmcp::prelude::*;

fn roles_of(_: &fastmcp::provider::Identity) -> Vec<String> { Vec::new() }

#[server(auth = google, roles = ["admin"], roles_from = roles_of)]
struct Notes;

fn main() {}
