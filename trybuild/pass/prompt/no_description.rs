use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(diff: String) -> String { diff }

fn main() {}
