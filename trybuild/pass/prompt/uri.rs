use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
