use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(read_only)]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
