use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review(files: Option<Vec<String>>) -> String { files.unwrap_or_default().concat() }

fn main() {}
