use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style guide")]
fn style() -> &'static str { "Be brief." }

fn main() {}
