use fastmcp::prelude::*;

#[server(auth = google, admits = email_domain)]
struct Notes;

fn main() {}
