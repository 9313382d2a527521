use fastmcp::prelude::*;

/// Ask for a review.
#[tool]
fn review(diff: String) -> String { diff }

fn main() {}
