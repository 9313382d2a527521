use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style.md")]
fn style() -> &'static str { "Be brief." }

fn main() {}
