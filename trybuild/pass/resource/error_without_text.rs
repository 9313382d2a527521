use fastmcp::prelude::*;

struct Lost;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> Result<String, &'static str> { let Lost = Lost; Err("lost") }

fn main() {}
