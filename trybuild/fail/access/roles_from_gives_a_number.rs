use fastmcp::prelude::*;

fn roles_of(_: &fastmcp::provider::Identity) -> usize { 0 }

#[server(auth = google, roles = ["admin"], roles_from = roles_of)]
struct Notes;

fn main() {}
