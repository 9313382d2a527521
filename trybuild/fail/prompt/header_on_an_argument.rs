use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(header = "Diff")] diff: String) -> String { diff }

fn main() {}
