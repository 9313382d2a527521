use fastmcp::prelude::*;

fn sizes(_typing: &Completing<'_>) -> [&'static str; 2] { ["small", "large"] }

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = size)] diff: String) -> String { diff }

fn main() {}
