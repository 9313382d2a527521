use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://")]
fn style() -> &'static str { "Be brief." }

fn main() {}
