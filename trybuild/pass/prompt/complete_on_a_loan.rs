use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(_cx: &Context) -> String { "Review this.".to_owned() }

fn main() {}
