use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", name = "Style guide")]
fn style() -> &'static str { "Be brief." }

fn main() {}
