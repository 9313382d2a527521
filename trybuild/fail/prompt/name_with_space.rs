use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(name = "code review")]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
