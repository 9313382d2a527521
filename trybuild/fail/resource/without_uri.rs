use fastmcp::prelude::*;

/// The style guide.
#[resource(mime_type = "text/plain")]
fn style() -> &'static str { "Be brief." }

fn main() {}
