use fastmcp::prelude::*;

/// Does something.
#[tool]
fn count(words: Vec<String>) -> usize { words.len() }

fn main() {}
