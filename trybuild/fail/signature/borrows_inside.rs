use fastmcp::prelude::*;

/// Does something.
#[tool]
fn count(words: Vec<&str>) -> usize { words.len() }

fn main() {}
