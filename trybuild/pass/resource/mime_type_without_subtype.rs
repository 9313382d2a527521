use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", mime_type = "image/png")]
fn style() -> &'static str { "Be brief." }

fn main() {}
