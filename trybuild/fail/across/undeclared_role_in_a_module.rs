use fastmcp::prelude::*;

#[server(auth = google, roles = ["member"])]
struct Notes;

mod tools {
    pub mod admin {
        use fastmcp::prelude::*;

        /// Delete every note.
        #[tool(access = role("members") && scope("notes:write"))]
        fn purge() {}
    }
}

fn main() {}
