use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{tags}")]
fn note(tags: Vec<String>) -> String { tags.concat() }

fn main() {}
