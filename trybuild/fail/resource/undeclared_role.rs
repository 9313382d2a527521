use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", roles = ["admn"])]
fn style() -> &'static str { "Be brief." }

#[server(auth = google, roles = ["admin"])]
struct Docs;

fn main() {}
