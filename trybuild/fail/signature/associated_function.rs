use fastmcp::prelude::*;

struct Notes;

impl Notes {
    const LIMIT: u32 = 20;

    /// Does something.
    #[tool]
    fn limit() -> u32 {
        Self::LIMIT
    }
}

fn main() {}
