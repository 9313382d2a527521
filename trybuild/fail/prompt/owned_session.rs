use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(requires_auth)]
fn review(user: AuthSession) -> String { user.subject().to_owned() }

fn main() {}
