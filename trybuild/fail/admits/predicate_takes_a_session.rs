use fastmcp::prelude::*;

fn staff(_: &AuthSession) -> bool { true }

#[server(auth = google, admits = staff)]
struct Notes;

fn main() {}
