use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{owner}")]
fn note(owner: String) -> String { owner }

fn main() {}
