use fastmcp::prelude::*;

fn others(person: &fastmcp::provider::Identity) -> bool { person.verified_email().is_some() }

#[server(auth = google, admits = others)]
struct Notes;

fn main() {}
