use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(user: &AuthSession) -> String { user.subject().to_owned() }

fn main() {}
