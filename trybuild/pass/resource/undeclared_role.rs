use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", roles = ["admin"])]
fn style() -> &'static str { "Be brief." }

#[server(auth = google, roles = ["admin"])]
struct Docs;

fn main() {}
