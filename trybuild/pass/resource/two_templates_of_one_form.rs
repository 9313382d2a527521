use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}")]
fn note(id: u32) -> String { format!("Note {id}") }

/// The notes of somebody.
#[resource(uri = "notes://by/{owner}")]
fn notes(owner: String) -> String { owner }

fn main() {}
