use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}", mime_type = "text/plain")]
fn note(id: u32) -> String { format!("Note {id}") }

fn main() {}
