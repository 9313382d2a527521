use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review() -> Vec<PromptMessage> { vec![PromptMessage::user("Review.")] }

fn main() {}
