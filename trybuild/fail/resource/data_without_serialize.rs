use fastmcp::prelude::*;

struct Note { id: u32 }

/// The style guide.
#[resource(uri = "docs://style")]
fn style() -> Result<Json<Note>> { Ok(Json(Note { id: 7 })) }

fn main() {}
