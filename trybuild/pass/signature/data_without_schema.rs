use fastmcp::prelude::*;

#[derive(serde::Serialize, JsonSchema)]
struct Note;

/// Does something.
#[tool]
fn now() -> Result<Json<Vec<Note>>> { Ok(Json(Vec::new())) }

fn main() {}
