use fastmcp::prelude::*;

#[prompt]
fn review(diff: String) -> String { diff }

fn main() {}
