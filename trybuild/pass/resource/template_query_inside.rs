use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{owner}{?id}")]
fn note(owner: String, id: u32) -> String { format!("{owner} {id}") }

fn main() {}
