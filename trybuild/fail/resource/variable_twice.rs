use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}/{id}")]
fn note(id: u32) -> String { format!("Note {id}") }

fn main() {}
