use fastmcp::prelude::*;

mod notes {
    use fastmcp::prelude::*;

    #[server(auth = google, roles = ["admin"])]
    pub struct Notes;
}

use notes::*;

/// Does something.
#[tool(roles = ["amdin"])]
fn purge() {}

fn main() {}
