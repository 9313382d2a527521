use fastmcp::prelude::*;

struct Notes;

impl Notes {
    /// Delete every note.
    #[tool]
    fn purge(&self) {}
}

fn main() {}
