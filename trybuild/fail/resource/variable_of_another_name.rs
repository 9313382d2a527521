use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}")]
fn note(number: u32) -> String { format!("{number}") }

fn main() {}
