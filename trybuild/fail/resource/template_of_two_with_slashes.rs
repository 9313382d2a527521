use fastmcp::prelude::*;

/// A note.
#[resource(uri = "notes://{+owner}/by/{+id}")]
fn note(owner: String, id: u32) -> String { format!("{owner} {id}") }

fn main() {}
