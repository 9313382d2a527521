use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> u32 { 7 }

fn main() {}
