use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", read_only)]
fn style() -> &'static str { "Be brief." }

fn main() {}
