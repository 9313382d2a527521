use fastmcp::prelude::*;

#[derive(JsonSchema)]
struct Period { days: u32 }

/// Does something.
#[tool]
fn purge(p: Period) -> u32 { p.days }

fn main() {}
