use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(uri = "docs://review")]
fn review() -> String { "Review this.".to_owned() }

fn main() {}
