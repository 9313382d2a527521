use fastmcp::prelude::*;

/// How long.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Period {
    days: u32,
}

/// Does something.
#[tool]
fn purge(period: Perod) -> u32 {
    period.days
}

fn main() {}
