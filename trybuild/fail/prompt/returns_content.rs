use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review() -> Vec<Content> { vec![Content::text("Review.")] }

fn main() {}
