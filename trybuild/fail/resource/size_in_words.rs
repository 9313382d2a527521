use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", size = "4 KB")]
fn style() -> &'static str { "Be brief." }

fn main() {}
