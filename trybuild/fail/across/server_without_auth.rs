use fastmcp::prelude::*;

#[server]
struct Notes;

mod tools {
    use fastmcp::prelude::*;

    /// Delete every note.
    #[tool(requires_auth)]
    fn purge() {}
}

fn main() {}
