use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}")]
fn note(id: String) -> String { id.to_owned() }

fn main() {}
