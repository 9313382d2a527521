use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{?id}/{owner}")]
fn note(owner: String, id: u32) -> String { format!("{owner} {id}") }

fn main() {}
