use fastmcp::prelude::*;

/// Does something.
#[tool]
fn count(db: Vec<u8>) -> usize { db.len() }

fn main() {}
