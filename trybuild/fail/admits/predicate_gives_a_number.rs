use fastmcp::prelude::*;

fn staff(_: &fastmcp::provider::Identity) -> usize { 0 }

#[server(auth = google, admits = staff)]
struct Notes;

fn main() {}
