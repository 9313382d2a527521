use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> String { 7.to_string() }

fn main() {}
