use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
#[tool]
fn style() -> String { String::new() }

fn main() {}
