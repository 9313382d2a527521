use fastmcp::prelude::*;

struct Db;

/// Ask for a review.
#[prompt]
fn review(_db: &Db) -> String { "Review this.".to_owned() }

fn main() {}
