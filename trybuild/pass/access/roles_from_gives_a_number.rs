use fastmcp::prelude::*;

fn roles_of(person: &fastmcp::provider::Identity) -> Vec<&str> { person.verified_email().into_iter().collect() }

#[server(auth = google, roles = ["admin"], roles_from = roles_of)]
struct Notes;

fn main() {}
