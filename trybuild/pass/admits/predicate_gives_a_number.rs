use fastmcp::prelude::*;

async fn staff(person: &fastmcp::provider::Identity) -> bool { person.email_verified }

#[server(auth = google, admits = staff)]
struct Notes;

fn main() {}
