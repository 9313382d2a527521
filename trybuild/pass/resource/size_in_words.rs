use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", size = 4096)]
fn style() -> &'static str { "Be brief." }

fn main() {}
