use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style%20guide")]
fn style() -> &'static str { "Be brief." }

fn main() {}
