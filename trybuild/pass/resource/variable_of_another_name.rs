use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}")]
fn note(#[arg(name = "id")] number: u32) -> String { format!("{number}") }

fn main() {}
