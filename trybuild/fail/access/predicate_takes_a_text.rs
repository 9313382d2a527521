use fastmcp::prelude::*;

fn is_ann(name: &str) -> bool { name == "ann" }

/// Does something.
#[tool(access = role("admin") || is_ann)]
fn purge() {}

fn main() {}
