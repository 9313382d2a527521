use fastmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Period { days: u32 }

/// Does something.
#[tool]
fn purge(p: Option<Vec<Period>>) -> u32 { p.map_or(0, |v| v[0].days) }

fn main() {}
