use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> String { String::new() }

fn main() {}
