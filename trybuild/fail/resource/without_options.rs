use fastmcp::prelude::*;

/// The style guide.
#[resource]
fn style() -> &'static str { "Be brief." }

fn main() {}
