use fastmcp::prelude::*;

#[resource(uri = "docs://style")]
fn style() -> String { String::new() }

fn main() {}
