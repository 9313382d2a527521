use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> &'static str { "Be brief." }

fn main() {}
