use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = ["small", "large"])] diff: String) -> String { diff }

fn main() {}
