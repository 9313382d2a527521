use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(files: Option<String>) -> String { files.unwrap_or_default() }

fn main() {}
