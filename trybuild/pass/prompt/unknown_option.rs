use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(title = "Review")]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
