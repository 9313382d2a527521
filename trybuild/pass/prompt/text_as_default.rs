use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(default = 7)] days: u32) -> String { days.to_string() }

fn main() {}
