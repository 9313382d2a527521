use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://all{?page}")]
fn note(page: u32) -> String { format!("{page}") }

fn main() {}
