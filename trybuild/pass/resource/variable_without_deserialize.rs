use fastmcp::prelude::*;

#[derive(Deserialize)]
struct Id(u32);

/// A note.
#[resource(uri = "notes://{id}")]
fn note(id: Id) -> String { format!("{}", id.0) }

fn main() {}
