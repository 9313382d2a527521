use fastmcp::prelude::*;

fn roles_of(_: &fastmcp::provider::Identity) -> Vec<String> { Vec::new() }

#[server(auth = google, roles_from = roles_of)]
struct Notes;

fn main() {}
