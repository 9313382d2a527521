use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://all")]
fn note(page: u32) -> String { format!("{page}") }

fn main() {}
