use fastmcp::prelude::*;

fn staff(_: &fastmcp::provider::Identity) -> bool { true }

#[server(auth = google, admits = staff)]
struct Notes;

fn main() {}
