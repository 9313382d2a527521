use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = "rust")] diff: String) -> String { diff }

fn main() {}
