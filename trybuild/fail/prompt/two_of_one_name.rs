use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(name = "review.code")]
fn review() -> String { "Review this.".to_owned() }

/// Ask for a second review.
#[prompt(name = "review.code")]
fn second(diff: String) -> String { diff }

fn main() {}
