use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(name = "code_review")]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
