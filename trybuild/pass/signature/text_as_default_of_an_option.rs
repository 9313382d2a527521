use fastmcp::prelude::*;

/// Does something.
#[tool]
fn list(#[arg(default = Some("new".into()))] order: Option<String>) -> String {
    order.unwrap_or_default()
}

fn main() {}
