use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id:3}")]
fn note(id: u32) -> String { format!("Note {id}") }

fn main() {}
