use fastmcp::prelude::*;

/// The style guide.
#[tool(uri = "docs://style")]
fn style() -> &'static str { "Be brief." }

fn main() {}
