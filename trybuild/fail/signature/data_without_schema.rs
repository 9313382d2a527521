use fastmcp::prelude::*;

#[derive(serde::Serialize)]
struct Note;

/// Does something.
#[tool]
fn now() -> Result<Json<Vec<Note>>> { Ok(Json(Vec::new())) }

fn main() {}
