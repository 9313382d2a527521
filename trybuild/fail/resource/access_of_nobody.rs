use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", roles = [])]
fn style() -> &'static str { "Be brief." }

fn main() {}
