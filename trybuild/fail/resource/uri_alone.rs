use fastmcp::prelude::*;

/// The style guide.
#[resource("docs://style")]
fn style() -> &'static str { "Be brief." }

fn main() {}
