use fastmcp::prelude::*;

#[server(auth = google)]
struct Notes;

mod tools {
    use fastmcp::prelude::*;

    /// Delete every note.
    #[tool(requires_auth)]
    fn purge() {}
}

fn main() {}
