use fastmcp::prelude::*;

/// All notes.
#[tool]
fn list() {}

/// Notes.
#[server]
struct Notes;

fn main() {
    let _ = Notes.into_server().mount("notes", fastmcp::items!(crate));
}
