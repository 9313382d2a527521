use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review<T: Into<String>>(diff: T) -> String { diff.into() }

fn main() {}
