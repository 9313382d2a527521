use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review() -> String { 7.to_string() }

fn main() {}
