use fastmcp::prelude::*;

/// Add a note.
#[tool(name = "notes.add")]
fn add() {}

/// Add a note with a title.
#[tool(name = "notes.add_titled")]
fn add_with_title() {}

fn main() {}
