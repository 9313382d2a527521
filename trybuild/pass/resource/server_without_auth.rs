use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", requires_auth)]
fn style() -> &'static str { "Be brief." }

#[server(auth = google)]
struct Docs;

fn main() {}
