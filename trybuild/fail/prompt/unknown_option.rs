use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(titel = "Review")]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
