use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> &'static str { "Be brief." }

/// The style guide, again.
#[resource(uri = "docs://style")]
fn again() -> String { String::new() }

fn main() {}
