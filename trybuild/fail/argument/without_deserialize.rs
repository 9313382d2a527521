use fastmcp::prelude::*;

#[derive(JsonSchema)]
struct Period { days: u32 }

/// Delete old notes.
#[tool]
fn purge(p: Period) -> u32 { p.days }

fn main() {}
