use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", name = " ")]
fn style() -> &'static str { "Be brief." }

fn main() {}
