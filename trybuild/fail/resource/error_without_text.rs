use fastmcp::prelude::*;

struct Lost;

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> Result<String, Lost> { Err(Lost) }

fn main() {}
