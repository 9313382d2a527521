use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{ownr}")]
fn note(owner: String) -> String { owner }

fn main() {}
