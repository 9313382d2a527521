use fastmcp::prelude::*;

fn sizes(_typing: &Completing<'_>) -> u8 { 2 }

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = sizes)] diff: String) -> String { diff }

fn main() {}
