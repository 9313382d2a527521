use fastmcp::prelude::*;

fn sizes(typing: &str) -> Vec<String> { vec![typing.to_owned()] }

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = sizes)] diff: String) -> String { diff }

fn main() {}
