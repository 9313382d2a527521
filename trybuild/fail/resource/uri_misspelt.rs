use fastmcp::prelude::*;

/// The style guide.
#[resource(url = "docs://style")]
fn style() -> &'static str { "Be brief." }

fn main() {}
