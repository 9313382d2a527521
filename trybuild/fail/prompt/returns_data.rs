use fastmcp::prelude::*;

/// Ask for a review.
#[prompt]
fn review() -> Json<u32> { Json(7) }

fn main() {}
