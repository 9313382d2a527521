use fastmcp::prelude::*;

/// Count.
#[tool(requires_auth)]
fn count(app: &Notes) -> usize { app.all.len() }

#[server(auth = google)]
struct Notes { all: Vec<String> }

fn main() {
    let _server = Notes { all: Vec::new() }.into_server();
}
