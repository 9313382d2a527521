use fastmcp::prelude::*;

fn staff(person: &fastmcp::provider::Identity) -> bool { person.subject == "1099" }

#[server(auth = google, admits = email_domain("example.com") && (hosted_domain("example.com") || staff))]
struct Notes;

fn main() {}
