use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{id}")]
fn note(id: &str) -> String { id.to_owned() }

fn main() {}
