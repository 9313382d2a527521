use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = ["a"])] diff: String) -> String { diff }

fn main() {}
