use fastmcp::prelude::*;

/// Ask for a review.
#[tool]
fn review(#[arg(complete = ["a"])] diff: String) -> String { diff }

fn main() {}
