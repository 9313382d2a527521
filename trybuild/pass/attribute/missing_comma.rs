use fastmcp::prelude::*;

#[server(auth = google, roles = ["admin"], roles_from = roles_of)]
struct Notes;

fn roles_of(_: &fastmcp::provider::Identity) -> Vec<&'static str> {
    vec![]
}

fn main() {}
