use fastmcp::prelude::*;

fn sizes(typing: &Completing<'_>) -> Vec<String> { vec![typing.value().to_owned()] }

/// Ask for a review.
#[prompt]
fn review(#[arg(complete = sizes)] diff: String) -> String { diff }

fn main() {}
