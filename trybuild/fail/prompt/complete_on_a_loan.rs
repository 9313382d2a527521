use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = ["a"])] _cx: &Context) -> String { "Review this.".to_owned() }

fn main() {}
