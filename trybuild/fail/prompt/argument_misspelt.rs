use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(complet = ["a"])] diff: String) -> String { diff }

fn main() {}
