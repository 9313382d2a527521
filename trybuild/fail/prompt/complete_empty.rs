use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = [])] diff: String) -> String { diff }

fn main() {}
