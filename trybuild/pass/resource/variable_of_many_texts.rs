use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{tags}")]
fn note(tags: String) -> String { tags }

fn main() {}
