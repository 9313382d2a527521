use fastmcp::prelude::*;

#[derive(Serialize)]
struct Note { id: u32 }

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> Option<Note> { Some(Note { id: 7 }) }

fn main() {}
