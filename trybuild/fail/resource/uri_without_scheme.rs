use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "style.md")]
fn style() -> &'static str { "Be brief." }

fn main() {}
