use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", requires_auth)]
fn style() -> &'static str { "Be brief." }

#[server]
struct Docs;

fn main() {}
