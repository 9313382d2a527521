use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
struct Style;

fn main() {}
